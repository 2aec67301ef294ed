/// A moment as HTTP writes it (RFC 9110 section 5.6.7): `Thu, 01 Jan 2026 00:00:00 GMT`.
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter seconds: since the beginning of 1970.
    package static func text(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (days, rest) = (seconds / 86_400, seconds % 86_400)
        let date = civil(days)
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map(twoDigits)
        return "\(weekdays[Int(days % 7)]), \(twoDigits(date.day)) \(months[date.month - 1]) "
            + "\(date.year) \(clock.joined(separator: ":")) GMT"
    }

    private static func twoDigits(_ number: some BinaryInteger) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Years are counted from March, so that the leap day is the last (Hinnant).
    private static func civil(_ days: Int64) -> (year: Int64, month: Int, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let ofEra = shifted % 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        let civilMonth = Int(month < 10 ? month + 3 : month - 9)
        return (year + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day)
    }
}

/// A day of the proleptic Gregorian calendar, in no particular time zone.
package struct CivilDate: Hashable, Sendable, Comparable, BitwiseCopyable {
    /// Days since 1970-01-01; negative before.
    package let number: Int64

    package init(number: Int64) { self.number = number }

    /// Nil for a day that the calendar does not have, and outside the years 0 to 9999.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        self.init(
            number: Self.start(ofYear: year) + Self.start(ofMonth: month, year: year) + day - 1)
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    package static func + (start: Self, days: Int64) -> Self {
        CivilDate(number: start.number + days)
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday.allCases[Int((number + 3).floored(by: 7).rest)]
    }

    /// Years before 1 count down: 0, -1.
    package var parts: (year: Int64, month: Int64, day: Int64) {
        // The mean year is 146,097 days in 400; the guess is at most one off.
        let guess = (number + Self.beforeEpoch).floored(by: 146_097)
        var year = guess.quotient * 400 + guess.rest * 400 / 146_097 + 1
        if Self.start(ofYear: year) > number { year -= 1 }
        if Self.start(ofYear: year + 1) <= number { year += 1 }
        let dayOfYear = number - Self.start(ofYear: year)
        var month: Int64 = 12
        while Self.start(ofMonth: month, year: year) > dayOfYear { month -= 1 }
        return (year, month, dayOfYear - Self.start(ofMonth: month, year: year) + 1)
    }

    package static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days from 0001-01-01 to 1970-01-01.
    private static let beforeEpoch: Int64 = 719_162

    /// The number of January 1.
    private static func start(ofYear year: Int64) -> Int64 {
        let whole = year - 1
        let leapDays =
            whole.floored(by: 4).quotient - whole.floored(by: 100).quotient
            + whole.floored(by: 400).quotient
        return whole * 365 + leapDays - beforeEpoch
    }

    /// Days from January 1 to the first of a month.
    private static func start(ofMonth month: Int64, year: Int64) -> Int64 {
        let days: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return days[Int(month - 1)] + (month > 2 && isLeap(year) ? 1 : 0)
    }
}

extension Int64 {
    /// Division whose rest is never negative.
    func floored(by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}

extension Timestamp {
    /// RFC 3339 in UTC: `2026-12-24T18:00:00Z`.
    package var text: String {
        let (day, rest) = seconds.floored(by: 86400)
        let date = CivilDate(number: day)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date)T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// Reads RFC 3339 with `Z` or an offset such as `+01:00`; fractions of a second are left out.
    package init?(text: String) {
        guard text.utf8.count >= 20, text.utf8.count <= 40 else { return nil }
        let bytes = Array(text.utf8)
        func number(_ place: Int, _ count: Int) -> Int64? {
            guard place + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[place..<(place + count)] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        let separators: [(Int, [UInt8])] = [
            (4, [45]), (7, [45]), (10, [84, 116, 32]), (13, [58]), (16, [58]),
        ]
        guard separators.allSatisfy({ $0.1.contains(bytes[$0.0]) }),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        var end = 19
        if bytes[end] == 46 {
            repeat { end += 1 } while end < bytes.count && (48...57).contains(bytes[end])
            guard end > 20 else { return nil }
        }
        guard let offset = Self.offset(bytes[end...]) else { return nil }
        self.init(seconds: date.number * 86400 + hour * 3600 + minute * 60 + second - offset)
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let text = Array(bytes)
        if text == [90] || text == [122] { return 0 }
        guard text.count == 6, text[3] == 58, text[0] == 43 || text[0] == 45 else { return nil }
        let digits = [text[1], text[2], text[4], text[5]]
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let values = digits.map { Int64($0 - 48) }
        let (hours, minutes) = (values[0] * 10 + values[1], values[2] * 10 + values[3])
        guard hours < 24, minutes < 60 else { return nil }
        return (text[0] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

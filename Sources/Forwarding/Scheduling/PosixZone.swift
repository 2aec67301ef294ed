/// A zone's rule for the future: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX TZ, RFC 8536 section 3.3).
struct PosixZone {
    /// Seconds east of Greenwich.
    private let standard: Int
    private let summer: (offset: Int, begins: Day, ends: Day)?

    /// Nil for a text that is no such rule.
    init?(_ text: String) {
        var rest = text[...]
        guard Self.skipName(&rest), let west = Self.time(&rest) else { return nil }
        standard = -west
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.skipName(&rest) else { return nil }
        let offset = rest.first == "," ? standard + 3600 : Self.time(&rest).map { -$0 }
        let parts = rest.dropFirst().split(separator: ",", omittingEmptySubsequences: false)
        guard rest.first == ",", let offset, parts.count == 2, let begins = Day(parts[0]),
            let ends = Day(parts[1])
        else { return nil }
        summer = (offset, begins, ends)
    }

    /// From 1970 on; those that other rules have made already are the caller's to leave out.
    func transitions(until lastYear: Int64) -> [TimeZoneRules.Transition] {
        guard let summer else {
            return [.init(at: Timestamp(seconds: 0), offset: standard)]
        }
        return (1970...max(1970, lastYear)).flatMap { year -> [TimeZoneRules.Transition] in
            guard let begins = summer.begins.moment(in: year, offset: standard),
                let ends = summer.ends.moment(in: year, offset: summer.offset)
            else { return [] }
            return [
                .init(at: begins, offset: summer.offset), .init(at: ends, offset: standard),
            ]
        }
    }

    /// Letters, or anything in angle brackets.
    private static func skipName(_ rest: inout Substring) -> Bool {
        if rest.first == "<" {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let name = rest.prefix { $0.isLetter }
        rest = rest[name.endIndex...]
        return name.count >= 3
    }

    /// `1`, `-5:30`, `+167:00:00`: seconds.
    private static func time(_ rest: inout Substring) -> Int? {
        let text = rest.prefix { $0.isNumber || "+-:".contains($0) }
        rest = rest[text.endIndex...]
        return seconds(text)
    }

    fileprivate static func seconds(_ text: Substring) -> Int? {
        let isNegative = text.first == "-"
        let digits = text.drop { "+-".contains($0) }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(parts.count), !parts.contains(nil) else { return nil }
        let numbers = parts.compactMap(\.self) + [0, 0]
        guard (0...167).contains(numbers[0]), (0...59).contains(numbers[1]),
            (0...59).contains(numbers[2])
        else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        return isNegative ? -seconds : seconds
    }

    /// A day of every year, and the time of that day.
    private struct Day {
        private enum Kind {
            /// Month, week (5 is the last), weekday from Sunday.
            case weekday(Int64, Int64, Int64)
            /// 1 to 365, February 29 never counted.
            case julian(Int64)
            /// 0 to 365.
            case ofYear(Int64)
        }

        private let kind: Kind
        private let second: Int

        init?(_ text: Substring) {
            let halves = text.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count) else { return nil }
            guard let second = halves.count == 2 ? PosixZone.seconds(halves[1]) : 7200 else {
                return nil
            }
            self.second = second
            let numbers = halves[0].drop { "MJ".contains($0) }.split(separator: ".")
                .map { Int64($0) ?? -1 }
            switch (halves[0].first, numbers.count) {
            case ("M", 3)
            where (1...12).contains(numbers[0]) && (1...5).contains(numbers[1])
                && (0...6).contains(numbers[2]):
                kind = .weekday(numbers[0], numbers[1], numbers[2])
            case ("J", 1) where (1...365).contains(numbers[0]): kind = .julian(numbers[0])
            case (_, 1) where (0...365).contains(numbers[0]): kind = .ofYear(numbers[0])
            default: return nil
            }
        }

        /// When clocks that are `offset` ahead show it.
        func moment(in year: Int64, offset: Int) -> Timestamp? {
            guard let date = date(in: year) else { return nil }
            return Timestamp(seconds: date.number * 86400 + Int64(second) - Int64(offset))
        }

        private func date(in year: Int64) -> CivilDate? {
            let newYear = CivilDate(year: year, month: 1, day: 1)
            switch kind {
            case .ofYear(let day): return newYear.map { $0 + day }
            case .julian(let day):
                let isLate = CivilDate.length(ofMonth: 2, year: year) == 29 && day > 59
                return newYear.map { $0 + (day - 1 + (isLate ? 1 : 0)) }
            case .weekday(let month, let week, let weekday):
                guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
                // Monday is 0 there, Sunday here.
                let start = Int64(first.weekday.rawValue + 1) % 7
                let day = (weekday - start + 7) % 7 + (week - 1) * 7
                let length = CivilDate.length(ofMonth: month, year: year)
                return first + (day < length ? day : day - 7)
            }
        }
    }
}

import Forwarding
import TestKit

extension Gen {
    /// Where the random rules change: 2026-12-07, a Monday, and the days behind it.
    static let origin = Sample.moment("2026-12-07T00:00:00Z")

    /// A zone whose clocks change up to four times in six days, by whole units of seconds.
    mutating func rules(unit: Int) -> TimeZoneRules {
        let base = int(-12...14) * 3600 + (unit < 60 ? int(0...3599) : pick([0, 0, 1800, 2700]))
        let isWild = oneIn(4)
        let moments = Set((0..<int(0...4)).map { _ in int(0...(6 * 86400 / unit)) * unit })
        let transitions = moments.sorted().map { second in
            let shift =
                isWild ? int(-5 * 3600 / unit...5 * 3600 / unit) * unit : pick([0, 1800, 3600])
            return TimeZoneRules.Transition(at: Self.origin + Int64(second), offset: base + shift)
        }
        let rules = try? TimeZoneRules(
            name: .utc, initialOffset: base, transitions: transitions.reversed())
        guard let rules else { preconditionFailure("no rules") }
        return rules
    }

    /// Near the changes of the clocks, mostly.
    mutating func moment(in rules: TimeZoneRules) -> Timestamp {
        guard !oneIn(4), !rules.transitions.isEmpty else {
            return Self.origin + Int64(int(-200_000...1_000_000))
        }
        return pick(rules.transitions).moment + Int64(int(-100_000...100_000) / pick([1, 10, 100]))
    }

    mutating func weekdays() -> Weekdays {
        let some = Weekdays(Weekday.allCases.filter { _ in oneIn(2) })
        return oneIn(3) || some.isEmpty ? .daily : some
    }

    mutating func window() -> Schedule.Window {
        while true {
            let unit = pick([1, 15, 60, 60, 360])
            if let from = TimeOfDay(minutes: int(0...(1440 / unit)) * unit),
                let to = TimeOfDay(minutes: int(0...(1440 / unit)) * unit),
                let window = try? Schedule.Window(weekdays(), from: from, to: to)
            {
                return window
            }
        }
    }

    mutating func windows() -> [Schedule.Window] {
        guard oneIn(3) else { return (0..<int(1...3)).map { _ in window() } }
        // Two that make a whole day.
        let first = window()
        let second = try? Schedule.Window(
            oneIn(2) ? first.days : .daily, from: first.to == .endOfDay ? .startOfDay : first.to,
            to: first.from)
        return [first, second ?? first]
    }

    /// Where it begins and ends, it does so near `origin`.
    mutating func schedule(zone: TimeZoneName? = nil) -> Schedule {
        let start = TimeZoneRules.utc.wallClock(at: Self.origin).date
        let first = oneIn(3) ? start + Int64(int(-1...4)) : nil
        let last = oneIn(3) ? (first ?? start) + Int64(int(0...5)) : nil
        guard let schedule = try? Schedule(windows(), zone: zone, from: first, until: last) else {
            preconditionFailure("no schedule")
        }
        return schedule
    }
}

/// A schedule played through, minute by minute, by looking at the clock on the wall.
struct PlayedSchedule {
    /// What is known for sure; the days around it are for what reaches into it.
    static let days = 8
    private static let margin = 4 * 1440
    private let open: [Bool]

    init(_ schedule: Schedule, in rules: TimeZoneRules) {
        let count = Self.days * 1440 + 2 * Self.margin
        let start = Int(Gen.origin.seconds) / 60 - Self.margin
        let shown = (0..<count).map { minute -> Int in
            let second = (start + minute) * 60
            let last = rules.transitions.last { $0.moment.seconds <= second }
            return start + minute + (last?.offset ?? rules.initialOffset) / 60
        }
        // When each time is shown, or passed over.
        var (first, last): ([Int: Int], [Int: Int]) = ([:], [:])
        for minute in 1..<count {
            let from = min(shown[minute - 1] + 1, shown[minute])
            for time in from...shown[minute] {
                first[time] = first[time] ?? minute
                last[time] = minute
            }
        }
        var open = Array(repeating: false, count: count)
        for day in (start / 1440 - 2)...((start + count) / 1440 + 2) {
            // 1970-01-01 was the fourth day of its week.
            let weekday = Weekday.allCases[(day + 3) % 7]
            if let date = schedule.firstDay, day < date.number { continue }
            if let date = schedule.lastDay, day > date.number { continue }
            for window in schedule.windows where window.days.contains(weekday) {
                let isNextDay = window.to <= window.from
                let begin = first[day * 1440 + window.from.minutes] ?? count
                let end = last[(isNextDay ? day + 1 : day) * 1440 + window.to.minutes] ?? count
                for minute in begin..<max(begin, end) { open[minute] = true }
            }
        }
        self.open = open
    }

    /// A minute after `Gen.origin`.
    func isOpen(_ minute: Int) -> Bool { open[Self.margin + minute] }

    /// The next minute that is not as this one; nil where none is seen.
    func nextChange(after minute: Int) -> Int? {
        (minute..<Self.days * 1440).first { isOpen($0) != isOpen(minute) }
    }
}

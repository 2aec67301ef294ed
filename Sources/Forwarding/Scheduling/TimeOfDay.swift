/// What a clock on the wall shows, to the minute: 00:00 to 23:59, and 24:00 for the end of a day.
package struct TimeOfDay: Hashable, Sendable, Comparable, BitwiseCopyable {
    /// Minutes since midnight, 0 to 1440.
    package let minutes: Int

    /// Nil past 24:00.
    package init?(minutes: Int) {
        guard (0...Self.minutesOfDay).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    package init?(hour: Int, minute: Int) {
        guard (0...24).contains(hour), (0...59).contains(minute) else { return nil }
        self.init(minutes: hour * 60 + minute)
    }

    private init(unchecked minutes: Int) { self.minutes = minutes }

    package static let minutesOfDay = 1440
    package static let startOfDay = TimeOfDay(unchecked: 0)
    package static let endOfDay = TimeOfDay(unchecked: minutesOfDay)

    package static func < (left: Self, right: Self) -> Bool { left.minutes < right.minutes }
}

/// What calendar and clock on the wall show at some moment.
package struct WallClock: Hashable, Sendable, Comparable, BitwiseCopyable {
    package let date: CivilDate
    /// 0 to 86,399.
    package let secondOfDay: Int

    /// A second past the day's end or before its start is one of another day.
    package init(_ date: CivilDate, second: Int = 0) {
        self.init(reading: date.number * 86400 + Int64(second))
    }

    init(reading: Int64) {
        let (day, second) = reading.floored(by: 86400)
        date = CivilDate(number: day)
        secondOfDay = Int(second)
    }

    /// Seconds that such a clock has shown since its own 1970-01-01 00:00.
    var reading: Int64 { date.number * 86400 + Int64(secondOfDay) }

    package var weekday: Weekday { date.weekday }

    package static func < (left: Self, right: Self) -> Bool { left.reading < right.reading }
}

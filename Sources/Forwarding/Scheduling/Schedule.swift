/// When a forward is open: windows of the week, between two days if wanted.
///
/// A window belongs to the day on which it begins. Weekdays, first and last day are about that
/// day: what begins late on the last day runs to its end in the night, and the night before the
/// first day is closed.
package struct Schedule: Hashable, Sendable {
    /// In order of their first weekday and time, none twice.
    package let windows: [Window]
    /// Nil for the gateway's own zone.
    package let zone: TimeZoneName?
    package let firstDay: CivilDate?
    package let lastDay: CivilDate?

    package init(
        _ windows: [Window], zone: TimeZoneName? = nil, from firstDay: CivilDate? = nil,
        until lastDay: CivilDate? = nil
    ) throws(ScheduleError) {
        guard !windows.isEmpty else { throw .noWindow }
        guard windows.count <= Self.limit else { throw .tooManyWindows(limit: Self.limit) }
        if let firstDay, let lastDay, lastDay < firstDay {
            throw .reversed(meant: lastDay, firstDay)
        }
        self.windows = Set(windows).sorted { $0.place.lexicographicallyPrecedes($1.place) }
        self.zone = zone
        self.firstDay = firstDay
        self.lastDay = lastDay
    }

    /// How many windows a schedule can have.
    package static let limit = 64

    /// From a time of some days to a later one, or to one of the next day.
    package struct Window: Hashable, Sendable, BitwiseCopyable {
        package let days: Weekdays
        /// Before 24:00.
        package let from: TimeOfDay
        /// After 00:00; on the next day when it is before `from`.
        package let to: TimeOfDay

        /// Takes 00:00 as an end for 24:00.
        package init(
            _ days: Weekdays, from: TimeOfDay, to: TimeOfDay
        ) throws(ScheduleError) {
            guard !days.isEmpty else { throw .noDays }
            guard from < .endOfDay else { throw .beginsAtEnd }
            guard from != to else { throw .noLength }
            let to: TimeOfDay = to == .startOfDay ? .endOfDay : to
            self.days = days
            self.from = from
            self.to = to
        }

        package var isOverMidnight: Bool { to < from }

        /// In minutes of clocks that are not put forward or back meanwhile: 1 to 1440.
        package var length: Int {
            to.minutes - from.minutes + (isOverMidnight ? TimeOfDay.minutesOfDay : 0)
        }

        /// Where it stands among others.
        fileprivate var place: [Int] {
            days.all.prefix(1).map(\.rawValue) + [from.minutes, to.minutes]
                + days.all.map(\.rawValue)
        }
    }
}

/// Why something is no schedule.
package enum ScheduleError: Error, Hashable, Sendable {
    case noWindow
    case tooManyWindows(limit: Int)
    case noDays
    case unknownDay(nearest: String?)
    case noTimes
    case time
    /// The two times are one.
    case noLength
    /// 24:00 is an end, never a beginning.
    case beginsAtEnd
    case zone
    case date
    /// The month ends before; its last day.
    case pastMonth(last: CivilDate)
    /// The last day is before the first; the two the other way round.
    case reversed(meant: CivilDate, CivilDate)
    /// A word that has no place where it stands.
    case word
}

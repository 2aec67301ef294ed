/// A day of the week, Monday first (ISO 8601).
package enum Weekday: Int, Hashable, Sendable, CaseIterable, Comparable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Some days of the week.
package struct Weekdays: Hashable, Sendable, BitwiseCopyable {
    private var bits: UInt8

    package init(_ days: some Sequence<Weekday>) {
        bits = days.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
    }

    package static let daily = Weekdays(Weekday.allCases)

    package var isEmpty: Bool { bits == 0 }

    package func contains(_ day: Weekday) -> Bool { bits & 1 << UInt8(day.rawValue) != 0 }

    /// Monday first.
    package var all: [Weekday] { Weekday.allCases.filter(contains) }
}

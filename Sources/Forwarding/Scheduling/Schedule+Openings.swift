/// What a schedule says of moments.
///
/// Theory of operation: each window of each day is one opening, a stretch from the first moment at
/// which the clocks show (or pass over) its beginning to the last at which they show (or pass
/// over) its end. So a beginning that a change of the clocks leaves out counts where the clocks go
/// on, and an end that comes twice counts the second time. The schedule is open where any of its
/// openings is; two that touch are one. Since clocks never come to an earlier time for the last
/// time after a later one, windows that adjoin on the wall adjoin in every zone.
extension Schedule {
    /// Whether it is open at a moment; always closed outside of `TimeZoneRules.reach`.
    package func isOpen(at moment: Timestamp, in rules: TimeZoneRules) -> Bool {
        TimeZoneRules.reach.contains(moment)
            && openings(on: days(around: moment, in: rules), in: rules)
                .contains { $0.contains(moment) }
    }

    /// The first moment after `moment` at which it is not as it is then; nil when it stays so.
    package func nextChange(after moment: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
        guard TimeZoneRules.reach.contains(moment) else { return nil }
        return isOpen(at: moment, in: rules)
            ? closes(at: moment, in: rules) : opens(after: moment, in: rules)
    }

    /// The end of the open stretch that holds `moment`; nil when it is closed then, or never
    /// closes.
    package func closes(at moment: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
        guard isOpen(at: moment, in: rules) else { return nil }
        let isWhole = coversWeek
        var end = moment
        while let further = furthest(from: end, in: rules) {
            end = further
            // Behind its first day a whole week has no hole before the last day's end.
            guard isWhole, firstDay.map({ rules.begin(of: WallClock($0 + 1)) <= end }) ?? true
            else { continue }
            guard let lastDay else { return nil }
            end = max(end, rules.begin(of: WallClock(lastDay)))
        }
        return end
    }

    /// Where the openings end that hold a moment; nil where none does.
    private func furthest(from moment: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
        openings(on: days(around: moment, in: rules), in: rules)
            .filter { $0.contains(moment) }.map(\.upperBound).max()
    }

    /// The first beginning of an opening after a moment at which it is closed.
    private func opens(after moment: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
        var day = max(days(around: moment, in: rules).lowerBound, firstDay?.number ?? .min)
        let last = min(day + Self.daysAhead, lastDay?.number ?? .max)
        var found: Timestamp?
        while day <= last {
            // No opening of this day or a later one begins before.
            let earliest = Timestamp(seconds: day * 86400 - rules.offsets.upperBound)
            if let found, found <= earliest { break }
            let begins = openings(on: day...day, in: rules).lazy
                .filter { $0.lowerBound > moment && !$0.isEmpty }.map(\.lowerBound)
            found = (Array(begins) + [found].compactMap(\.self)).min()
            day += 1
        }
        return found
    }

    /// How many days are looked through for an opening.
    ///
    /// Every window comes within a week; more are needed only where changes of the clocks leave it
    /// out.
    private static let daysAhead: Int64 = 400

    /// The numbers of the days on which openings around a moment can have begun.
    private func days(around moment: Timestamp, in rules: TimeZoneRules) -> ClosedRange<Int64> {
        // An opening ends on the day after its own at the latest.
        let first = (moment.seconds + rules.offsets.lowerBound).floored(by: 86400).quotient - 1
        return first...(moment.seconds + rules.offsets.upperBound).floored(by: 86400).quotient
    }

    /// The openings that begin on some days; some may be empty.
    private func openings(
        on days: ClosedRange<Int64>, in rules: TimeZoneRules
    ) -> [Range<Timestamp>] {
        let first = max(days.lowerBound, firstDay?.number ?? .min)
        let last = min(days.upperBound, lastDay?.number ?? .max)
        guard first <= last else { return [] }
        return (first...last).flatMap { number in
            let date = CivilDate(number: number)
            return windows.filter { $0.days.contains(date.weekday) }.map { window in
                let from = window.from.minutes * 60
                let begin = rules.begin(of: WallClock(date, second: from))
                let end = rules.end(of: WallClock(date, second: from + window.length * 60))
                return begin..<max(begin, end)
            }
        }
    }

    /// Whether the windows leave no minute of a week out.
    private var coversWeek: Bool {
        let week = TimeOfDay.minutesOfDay * 7
        let stretches = windows.flatMap { window in
            window.days.all.flatMap { day in
                // The one before counts for what runs over the week's beginning.
                [0, week].map { before in
                    let start =
                        day.rawValue * TimeOfDay.minutesOfDay + window.from.minutes - before
                    return start..<(start + window.length)
                }
            }
        }
        var covered = 0
        for stretch in stretches.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard stretch.lowerBound <= covered else { break }
            covered = max(covered, stretch.upperBound)
        }
        return covered >= week
    }
}

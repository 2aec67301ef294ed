/// The name of a time zone, such as `Europe/Berlin`.
package struct TimeZoneName: Hashable, Sendable {
    package let text: String

    /// Nil unless 1 to 63 bytes of letters, digits, `_`, `+` and `-` in parts between `/`, each
    /// with a capital letter first.
    ///
    /// All zones of the tz database are named so. The name of a file is made of it: no part can
    /// lead out of the folder of zones.
    package init?(_ text: some StringProtocol) {
        guard (1...63).contains(text.utf8.count) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isCapital: (UInt8) -> Bool = { (65...90).contains($0) }
        let isPlain: (UInt8) -> Bool = { byte in
            isCapital(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                || byte == 95 || byte == 43 || byte == 45
        }
        guard parts.allSatisfy({ $0.first.map(isCapital) ?? false && $0.allSatisfy(isPlain) })
        else { return nil }
        self.text = String(text)
    }

    private init(unchecked text: String) { self.text = text }

    package static let utc = TimeZoneName(unchecked: "UTC")
}

extension TimeZoneName: CustomStringConvertible {
    package var description: String { text }
}

/// How far the clocks of a zone are ahead of UTC, and since when: a fact that the edge hands in.
///
/// Before the first transition `initialOffset` holds, behind the last one the last one's for good:
/// who hands the rules in writes out as much of the future as is asked for.
package struct TimeZoneRules: Hashable, Sendable {
    package let name: TimeZoneName
    /// Seconds, positive east of Greenwich.
    package let initialOffset: Int
    /// In order of time; each has another offset than the one before.
    package let transitions: [Transition]
    /// The smallest and the largest offset.
    let offsets: ClosedRange<Int64>

    /// From a moment on the clocks are so many seconds ahead of UTC.
    package struct Transition: Hashable, Sendable, BitwiseCopyable {
        package var moment: Timestamp
        package var offset: Int

        package init(at moment: Timestamp, offset: Int) {
            self.moment = moment
            self.offset = offset
        }
    }

    /// Takes the transitions in any order.
    ///
    /// Those that change nothing are left out; of those before `reach` the last one's offset is
    /// kept.
    package init(
        name: TimeZoneName, initialOffset: Int, transitions: [Transition] = []
    ) throws(TimeZoneRulesError) {
        var (first, kept): (Int, [Transition]) = (initialOffset, [])
        var previous: Transition?
        for transition in transitions.sorted(by: { $0.moment < $1.moment }) {
            if let previous, previous.moment == transition.moment,
                previous.offset != transition.offset
            {
                throw .twoAtOnce(transition.moment)
            }
            previous = transition
            if transition.moment < Self.reach.lowerBound {
                first = transition.offset
            } else if transition.moment <= Self.reach.upperBound,
                transition.offset != kept.last?.offset ?? first
            {
                kept.append(transition)
            }
        }
        let offsets = [first] + kept.map(\.offset)
        for offset in offsets where !Self.possibleOffsets.contains(offset) {
            throw .offset(offset)
        }
        self.name = name
        self.initialOffset = first
        self.transitions = kept
        self.offsets = offsets.reduce(Int64(first)...Int64(first)) {
            min($0.lowerBound, Int64($1))...max($0.upperBound, Int64($1))
        }
    }

    private init() {
        (name, initialOffset, transitions, offsets) = (.utc, 0, [], 0...0)
    }

    package static let utc = TimeZoneRules()

    /// What a zone file may hold (RFC 8536 section 3.2).
    private static let possibleOffsets = -89_999...93_599

    /// The moments that are reckoned with: the years 1 to 9999.
    package static let reach =
        Timestamp(seconds: -62_135_596_800)...Timestamp(seconds: 253_402_300_799)
}

/// Why transitions are no rules of a time zone.
package enum TimeZoneRulesError: Error, Hashable, Sendable {
    /// More than a day away from UTC.
    case offset(Int)
    /// Two offsets begin at one moment.
    case twoAtOnce(Timestamp)
}

extension TimeZoneRules {
    /// Seconds that the clocks are ahead of UTC.
    package func offset(at moment: Timestamp) -> Int {
        offset(ofPeriod: period(at: moment))
    }

    /// What the clocks of the zone show; outside of `reach` what they show at its end.
    package func wallClock(at moment: Timestamp) -> WallClock {
        let moment = min(max(moment, Self.reach.lowerBound), Self.reach.upperBound)
        return WallClock(reading: moment.seconds + Int64(offset(at: moment)))
    }

    /// The first moment at which the clocks show a time, or pass over it.
    package func begin(of clock: WallClock) -> Timestamp { passages(of: clock.reading).first }

    /// The last moment at which the clocks show a time, or pass over it.
    package func end(of clock: WallClock) -> Timestamp { passages(of: clock.reading).last }

    /// When clocks come to a reading for the first time and for the last.
    ///
    /// Theory of operation: between two transitions a clock runs evenly and shows a time once at
    /// most; it passes over a time where a transition puts it forward from before it to behind it.
    /// Only periods within the zone's offsets of the time can have a part in it.
    private func passages(of reading: Int64) -> (first: Timestamp, last: Timestamp) {
        var (first, last): (Timestamp?, Timestamp?) = (nil, nil)
        let latest = Timestamp(seconds: reading - offsets.lowerBound)
        var period = period(at: Timestamp(seconds: reading - offsets.upperBound))
        repeat {
            let offset = Int64(offset(ofPeriod: period))
            let shown = Timestamp(seconds: reading - offset)
            if let start = start(ofPeriod: period), shown < start {
                let before = Int64(self.offset(ofPeriod: period - 1))
                if start.seconds + before <= reading { (first, last) = (first ?? start, start) }
            } else if start(ofPeriod: period + 1).map({ shown < $0 }) ?? true {
                (first, last) = (first ?? shown, shown)
            }
            period += 1
        } while period <= transitions.count && start(ofPeriod: period).map { $0 <= latest } ?? false
        let even = Timestamp(seconds: reading - Int64(initialOffset))
        return (first ?? even, last ?? even)
    }

    // Period 0 is the time before the first transition, period n what the n-th one begins.

    private func offset(ofPeriod period: Int) -> Int {
        period == 0 ? initialOffset : transitions[period - 1].offset
    }

    private func start(ofPeriod period: Int) -> Timestamp? {
        transitions.indices.contains(period - 1) ? transitions[period - 1].moment : nil
    }

    private func period(at moment: Timestamp) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

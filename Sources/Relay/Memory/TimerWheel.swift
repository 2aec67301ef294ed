/// When to look at which flow again.
///
/// Theory of operation. A wheel of slots of one tick each; a flow hangs in the slot of the tick at
/// which it is to be looked at, at most one turn ahead. Activity does not touch the wheel: it only
/// notes the time in the flow, and a visit that finds the deadline moved hangs the flow in again. So a
/// busy flow costs one visit per turn (51 s), and an idle one no more. A bit per slot says where the
/// next visit is, so that a loop without work sleeps as long as it can.
struct TimerWheel: ~Copyable {
    /// Milliseconds.
    static let tick: UInt64 = 50
    static let slots = 1024

    private let next: Reserve<Int32>
    private let previous: Reserve<Int32>
    /// The slot of each entry plus one; 0 for none.
    private let place: Reserve<Int32>
    private let heads: Reserve<Int32>
    /// A bit for each slot in which something hangs.
    private let taken: Reserve<UInt64>
    /// Ticks up to here have been visited.
    private(set) var now: UInt64

    init?(capacity: Int, now: UInt64) {
        guard let next = Reserve<Int32>(capacity), let previous = Reserve<Int32>(capacity),
            let place = Reserve<Int32>(capacity), let heads = Reserve<Int32>(Self.slots),
            let taken = Reserve<UInt64>(Self.slots / 64)
        else { return nil }
        self.next = next
        self.previous = previous
        self.place = place
        self.heads = heads
        self.taken = taken
        self.now = now
    }

    /// Hangs an entry in for a tick; one that is past is visited at the next, one beyond the turn at
    /// the end of it.
    func set(_ entry: Int32, at tick: UInt64) {
        let last = now + UInt64(Self.slots) - 1
        let slot = Int(min(max(tick, now + 1), last) % UInt64(Self.slots))
        guard place[entry] != Int32(slot) + 1 else { return }
        cancel(entry)
        let head = heads[slot]
        // Entries are kept plus one, so that the zeroes of fresh memory mean none.
        next[entry] = head
        previous[entry] = 0
        if head != 0 { previous[head - 1] = entry + 1 }
        heads[slot] = entry + 1
        taken[slot / 64] |= 1 << UInt64(slot % 64)
        place[entry] = Int32(slot) + 1
    }

    func isSet(_ entry: Int32) -> Bool { place[entry] != 0 }

    func cancel(_ entry: Int32) {
        let slot = place[entry] - 1
        guard slot >= 0 else { return }
        let (after, before) = (next[entry], previous[entry])
        if before != 0 { next[before - 1] = after } else { heads[slot] = after }
        if after != 0 { previous[after - 1] = before }
        place[entry] = 0
        if heads[slot] == 0 { taken[Int(slot) / 64] &= ~(1 << UInt64(slot % 64)) }
    }

    /// The next entry that is due by `tick`, taken out; nil when there is none, and `now` is `tick`.
    mutating func due(by tick: UInt64) -> Int32? {
        while true {
            let slot = Int(now % UInt64(Self.slots))
            let head = heads[slot]
            if head != 0 {
                cancel(head - 1)
                return head - 1
            }
            guard now < tick else { return nil }
            now += 1
        }
    }

    /// How many ticks may pass until something is due; nil when nothing hangs here.
    func ticksUntilDue() -> UInt64? {
        let words = Self.slots / 64
        let start = Int(now % UInt64(Self.slots))
        // The first word is looked at twice: from the start on, and at last what comes before it.
        for step in 0...words {
            let word = (start / 64 + step) % words
            let passed = UInt64.max << UInt64(start % 64)
            let mask = step == 0 ? passed : step == words ? ~passed : .max
            let slots = taken[word] & mask
            guard slots != 0 else { continue }
            let slot = word * 64 + slots.trailingZeroBitCount
            return UInt64((slot - start + Self.slots) % Self.slots)
        }
        return nil
    }
}

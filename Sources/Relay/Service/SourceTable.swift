import CLinux

/// What each source has at a service: flows at the moment, and the pace of new ones.
///
/// A source is an IPv4 address, or the /64 of an IPv6 one. Open addressing with linear probing in a
/// table that is never more than half full; an entry without flows whose pace is over can go. The
/// kernel engine knows as many sources (65,535).
struct SourceTable: ~Copyable {
    private static let slots = 1 << 17
    private static let most = 65_535

    private let entries: Reserve<Entry>
    private var count = 0
    private let seed: UInt64

    struct Entry: BitwiseCopyable {
        /// Plus one; 0 for none.
        var service: Int32 = 0
        var flows: Int32 = 0
        var high: UInt64 = 0
        var low: UInt64 = 0
        var pace = Pace()
    }

    /// - Parameter seed: so that nobody outside can choose sources that meet in one place.
    init?(seed: UInt64) {
        guard let entries = Reserve<Entry>(Self.slots) else { return nil }
        self.entries = entries
        self.seed = seed
    }

    /// Counts a new flow in, unless one of the bounds is reached.
    ///
    /// - Parameter now: in microseconds.
    mutating func admit(
        _ source: clinux_endpoint, at service: Int32, most: UInt32?, _ rate: PaceRate?,
        now: UInt64
    ) -> Bool {
        guard let place = place(of: source, service, now) else { return false }
        if let most, entries[place].flows >= Int32(clamping: most) { return false }
        if let rate {
            guard entries[place].pace.wait(at: now, rate) == 0 else { return false }
            entries[place].pace.take(at: now, rate)
        }
        entries[place].flows += 1
        return true
    }

    /// Counts a flow out.
    mutating func leave(_ source: clinux_endpoint, at service: Int32, now: UInt64) {
        let place = find(source, service)
        guard entries[place].service != 0 else { return }
        entries[place].flows -= 1
        if entries[place].flows <= 0, entries[place].pace.isOver(at: now) { remove(place) }
    }

    private mutating func place(
        of source: clinux_endpoint, _ service: Int32, _ now: UInt64
    ) -> Int? {
        var place = find(source, service)
        guard entries[place].service == 0 else { return place }
        if count >= Self.most {
            sweep(now)
            guard count < Self.most else { return nil }
            place = find(source, service)
        }
        let key = Self.key(of: source)
        entries[place] = Entry(service: service + 1, high: key.high, low: key.low)
        count += 1
        return place
    }

    /// Where the entry is, or where it would be.
    private func find(_ source: clinux_endpoint, _ service: Int32) -> Int {
        let key = Self.key(of: source)
        var place = home(key.high, key.low, service + 1)
        while entries[place].service != 0 {
            if entries[place].service == service + 1, entries[place].high == key.high,
                entries[place].low == key.low
            {
                return place
            }
            place = (place + 1) & (Self.slots - 1)
        }
        return place
    }

    private static func key(of source: clinux_endpoint) -> (high: UInt64, low: UInt64) {
        source.isV4 ? (source.high, source.low) : (source.high, 0)
    }

    private func home(_ high: UInt64, _ low: UInt64, _ service: Int32) -> Int {
        var bits = seed ^ UInt64(UInt32(bitPattern: service))
        for part in 0..<2 {
            bits ^= part == 0 ? high : low
            bits = (bits ^ (bits >> 32)) &* 0xd6e8_feb8_6659_fd93
            bits ^= bits >> 32
        }
        return Int(truncatingIfNeeded: bits & UInt64(Self.slots - 1))
    }

    /// Takes an entry out and moves those behind it that the gap would hide.
    private mutating func remove(_ place: Int) {
        var (gap, next) = (place, (place + 1) & (Self.slots - 1))
        while entries[next].service != 0 {
            let own = home(entries[next].high, entries[next].low, entries[next].service)
            if (next - own) & (Self.slots - 1) >= (next - gap) & (Self.slots - 1) {
                entries[gap] = entries[next]
                gap = next
            }
            next = (next + 1) & (Self.slots - 1)
        }
        entries[gap] = Entry()
        count -= 1
    }

    private mutating func sweep(_ now: UInt64) {
        var place = 0
        while place < Self.slots {
            let isIdle =
                entries[place].service != 0 && entries[place].flows <= 0
                && entries[place].pace.isOver(at: now)
            // Another may have moved to this place.
            if isIdle { remove(place) } else { place += 1 }
        }
    }
}

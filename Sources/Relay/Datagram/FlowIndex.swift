/// Where the flows of a table are found by a hash of what tells them apart.
///
/// Theory of operation. Open addressing with linear probing in a power of two of places, at most 70 %
/// of which are taken. A place holds half of the hash beside the number of the flow, so that a flow is
/// looked at only when it is almost certainly the one. What is taken out leaves no mark: those that
/// probed past it move up.
struct FlowIndex: ~Copyable {
    /// The hash's upper half, and the flow's number plus one; 0 for none.
    private let places: Reserve<UInt64>
    private let mask: Int

    /// - Parameter capacity: the most flows that there can be.
    init?(capacity: Int) {
        var count = 16
        while count * 7 < capacity * 10 { count *= 2 }
        guard let places = Reserve<UInt64>(count) else { return nil }
        self.places = places
        mask = count - 1
    }

    /// The flow of this hash that `isIt` agrees to.
    @inline(__always)
    func find(_ hash: UInt64, where isIt: (Int32) -> Bool) -> Int32? {
        var place = Int(truncatingIfNeeded: hash >> 32) & mask
        while true {
            let entry = places[place]
            guard entry != 0 else { return nil }
            if entry >> 32 == hash >> 32, isIt(Self.flow(in: entry)) { return Self.flow(in: entry) }
            place = (place + 1) & mask
        }
    }

    func insert(_ hash: UInt64, _ flow: Int32) {
        var place = Int(truncatingIfNeeded: hash >> 32) & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = (hash >> 32) << 32 | UInt64(flow + 1)
    }

    /// Takes out a flow that is there.
    func remove(_ hash: UInt64, _ flow: Int32) {
        var place = Int(truncatingIfNeeded: hash >> 32) & mask
        while Self.flow(in: places[place]) != flow {
            guard places[place] != 0 else { return }
            place = (place + 1) & mask
        }
        closeGap(at: place)
    }

    private func closeGap(at start: Int) {
        var (gap, place) = (start, start)
        while true {
            place = (place + 1) & mask
            let entry = places[place]
            guard entry != 0 else { break }
            // Whether the entry's own place lies in the stretch after the gap: then it stays.
            let home = Int(truncatingIfNeeded: entry >> 32) & mask
            guard (place - home) & mask >= (place - gap) & mask else { continue }
            places[gap] = entry
            gap = place
        }
        places[gap] = 0
    }

    private static func flow(in entry: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: entry & 0xffff_ffff) - 1
    }
}

/// Which places of a table of flows are taken, and by which generation.
///
/// A flow is addressed by {index, generation}: an event for a flow that is gone finds another
/// generation at its index, and is passed over. Free places form a list through `next`.
struct FlowSlots: ~Copyable {
    /// Odd while the place is taken.
    private let generations: Reserve<UInt32>
    private let next: Reserve<Int32>
    private var firstFree: Int32 = -1
    /// Places below this one have been used before.
    private(set) var reached: Int32 = 0
    private(set) var count = 0
    let capacity: Int

    init?(_ capacity: Int) {
        guard let generations = Reserve<UInt32>(capacity), let next = Reserve<Int32>(capacity)
        else { return nil }
        self.generations = generations
        self.next = next
        self.capacity = capacity
    }

    /// Nil when every place is taken.
    mutating func take() -> FlowID? {
        var index = firstFree
        if index >= 0 {
            firstFree = next[index]
        } else {
            guard Int(reached) < capacity else { return nil }
            index = reached
            reached += 1
        }
        generations[index] &+= 1
        count += 1
        return FlowID(index: index, generation: generations[index])
    }

    mutating func release(_ index: Int32) {
        precondition(isTaken(index))
        generations[index] &+= 1
        next[index] = firstFree
        firstFree = index
        count -= 1
    }

    func isTaken(_ index: Int32) -> Bool { generations[index] & 1 == 1 }

    func holds(_ flow: FlowID) -> Bool {
        flow.index >= 0 && flow.index < reached && generations[flow.index] == flow.generation
            && flow.generation & 1 == 1
    }

    /// The flow at a taken place.
    func id(at index: Int32) -> FlowID { FlowID(index: index, generation: generations[index]) }
}

/// A flow of one loop.
struct FlowID: Hashable, Sendable, BitwiseCopyable {
    var index: Int32
    var generation: UInt32
}

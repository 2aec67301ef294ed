/// Flows in the order in which they were last active, for when one has to go.
///
/// Flows that the target has answered are apart from those that it has not: a flood of made-up
/// senders then drives out its own kind, and not those who are being served.
struct RecencyLists: ~Copyable {
    // Flows are kept plus one, so that the zeroes of fresh memory mean none.
    private let newer: Reserve<Int32>
    private let older: Reserve<Int32>
    private let newest: Reserve<Int32>
    private let oldest: Reserve<Int32>

    enum List: Int, BitwiseCopyable, CaseIterable {
        case unanswered, answered
    }

    init?(capacity: Int) {
        guard let newer = Reserve<Int32>(capacity), let older = Reserve<Int32>(capacity),
            let newest = Reserve<Int32>(List.allCases.count),
            let oldest = Reserve<Int32>(List.allCases.count)
        else { return nil }
        self.newer = newer
        self.older = older
        self.newest = newest
        self.oldest = oldest
    }

    /// Puts a flow that is in no list at the recent end of one.
    func append(_ flow: Int32, to list: List) {
        let before = newest[list.rawValue]
        older[flow] = before
        newer[flow] = 0
        if before != 0 { newer[before - 1] = flow + 1 } else { oldest[list.rawValue] = flow + 1 }
        newest[list.rawValue] = flow + 1
    }

    func remove(_ flow: Int32, from list: List) {
        let (after, before) = (newer[flow], older[flow])
        if before != 0 { newer[before - 1] = after } else { oldest[list.rawValue] = after }
        if after != 0 { older[after - 1] = before } else { newest[list.rawValue] = before }
    }

    /// The flow to give up first.
    var idlest: Int32? {
        if oldest[List.unanswered.rawValue] != 0 { return oldest[List.unanswered.rawValue] - 1 }
        if oldest[List.answered.rawValue] != 0 { return oldest[List.answered.rawValue] - 1 }
        return nil
    }
}

import CLinux

/// What a loop keeps for datagrams, beside the numbers that `RelayLoop` has itself.
struct DatagramTables: ~Copyable {
    let flows: Reserve<DatagramFlow>
    let listeners: Reserve<DatagramListener>
    let index: FlowIndex
    let recency: RecencyLists
    /// Of clients, on the way to a target.
    let inward: DatagramBatch
    /// Of targets, on the way to clients.
    let outward: DatagramBatch
    /// Of the hashes.
    let seed = UInt64.random(in: 0...(.max))

    init?(flows: Int, listeners: Int) {
        guard let table = Reserve<DatagramFlow>(flows),
            let places = Reserve<DatagramListener>(listeners),
            let index = FlowIndex(capacity: flows), let recency = RecencyLists(capacity: flows),
            let inward = DatagramBatch(isNamed: true), let outward = DatagramBatch(isNamed: false)
        else { return nil }
        self.flows = table
        self.listeners = places
        self.index = index
        self.recency = recency
        self.inward = inward
        self.outward = outward
    }
}

/// A socket at which datagrams of clients come in.
struct DatagramListener: BitwiseCopyable {
    var descriptor: Int32
    var service: Int32
    /// The external address and port.
    var place: clinux_endpoint
    /// It is closed to new flows, and to all when its last one has ended.
    var isRetired = false
    /// Flows whose answers leave here.
    var live: Int32 = 0
}

/// Answers that wait to be sent together.
struct PendingAnswers: BitwiseCopyable {
    /// The listener by which they leave.
    var listener: Int32 = -1
    /// Places of the batch that are in use.
    var received = 0
    /// The flow of the last one.
    var last: Int32 = -1
}

/// What became of datagrams that were not passed on.
struct DatagramLosses: BitwiseCopyable, Sendable {
    /// Datagrams that the kernel did not take, or that became too long by a header.
    var dropped: UInt64 = 0
    /// Flows that had to make room for new ones.
    var evicted: UInt64 = 0
}

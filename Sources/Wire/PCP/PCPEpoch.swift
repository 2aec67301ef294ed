/// What a client knows of one server's time, by which a lost state is noticed.
///
/// RFC 6887 section 8.5: both clocks may run a sixteenth apart, and answers overtake each other by a
/// second.
package struct PCPEpoch: Hashable, Sendable {
    private var last: EpochPair?

    package init() {}

    /// Takes down what a response says; false when the server has lost its mappings since.
    ///
    /// - Parameter now: Seconds of a clock of the client's that never jumps.
    package mutating func keeps(_ epoch: UInt32, at now: Int64) -> Bool {
        let current = EpochPair(server: epoch, client: now)
        defer { last = current }
        guard let last else { return true }
        guard current.server >= last.server - 1 else { return false }
        let client = current.elapsed(since: last)
        let server = current.server - last.server
        return client + 2 >= server - server / 16 && server + 2 >= client - client / 16
    }
}

/// The times of a server and of its client, in seconds, when a response came.
struct EpochPair: Hashable {
    let server: Int64
    let client: Int64

    init(server: UInt32, client: Int64) {
        // No clock says more: 34,000 years, with which can be reckoned.
        (self.server, self.client) = (Int64(server), min(max(client, 0), 1 << 40))
    }

    /// What went by at the client.
    func elapsed(since earlier: EpochPair) -> Int64 { max(0, client - earlier.client) }
}

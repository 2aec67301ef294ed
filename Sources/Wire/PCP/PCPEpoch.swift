/// What a client knows of one server's time, by which a lost state is noticed.
///
/// RFC 6887 section 8.5: both clocks may run a sixteenth apart, and answers overtake each other by a
/// second.
package struct PCPEpoch: Hashable, Sendable {
    private var last: Pair?

    private struct Pair: Hashable {
        var server: Int64
        var client: Int64
    }

    package init() {}

    /// Takes down what a response says; false when the server has lost its mappings since.
    ///
    /// - Parameter now: Seconds of a clock of the client's that never jumps.
    package mutating func keeps(_ epoch: UInt32, at now: Int64) -> Bool {
        let current = Pair(server: Int64(epoch), client: now)
        defer { last = current }
        guard let last else { return true }
        guard current.server >= last.server - 1 else { return false }
        let client = max(0, current.client - last.client)
        let server = current.server - last.server
        return client + 2 >= server - server / 16 && server + 2 >= client - client / 16
    }
}

/// What a client knows of its gateway's time, by which a lost state is noticed.
///
/// RFC 6886 section 3.6: the gateway's clock may be slower by an eighth, and by two seconds.
package struct NATPMPEpoch: Hashable, Sendable {
    private var last: EpochPair?

    package init() {}

    /// Takes down what a response says; false when the gateway has lost its mappings since.
    ///
    /// - Parameter now: Seconds of a clock of the client's that never jumps.
    package mutating func keeps(_ epoch: UInt32, at now: Int64) -> Bool {
        let current = EpochPair(server: epoch, client: now)
        defer { last = current }
        guard let last else { return true }
        let elapsed = current.elapsed(since: last)
        return current.server + 2 >= last.server + elapsed * 7 / 8
    }
}

/// How long a client waits for an answer before it asks again (RFC 6886 section 3.1).
package enum NATPMPRetransmission {
    package static let attempts = 9

    /// The wait after an attempt, counted from 0: a quarter of a second, then twice as long each
    /// time; nil when there has been the last one.
    package static func wait(after attempt: Int) -> Duration? {
        guard (0..<attempts).contains(attempt) else { return nil }
        return .milliseconds(250 << attempt)
    }
}

/// What a client knows of its gateway's time, by which a lost state is noticed.
///
/// RFC 6886 section 3.6: the gateway's clock may be slower by an eighth, and by two seconds.
package struct NATPMPEpoch: Hashable, Sendable {
    private var last: Pair?

    private struct Pair: Hashable {
        var server: Int64
        var client: Int64
    }

    package init() {}

    /// Takes down what a response says; false when the gateway has lost its mappings since.
    ///
    /// - Parameter now: Seconds of a clock of the client's that never jumps.
    package mutating func keeps(_ epoch: UInt32, at now: Int64) -> Bool {
        let current = Pair(server: Int64(epoch), client: now)
        defer { last = current }
        guard let last else { return true }
        let elapsed = max(0, current.client - last.client)
        return current.server + 2 >= last.server + elapsed * 7 / 8
    }
}

/// When a client asks again as long as nobody answers (RFC 6887 section 8.1.1).
package struct PCPRetransmission: Hashable, Sendable {
    private let longest: Duration
    private var base: Duration

    /// - Parameter initial: Programs that somebody waits for take a second.
    package init(initial: Duration = .seconds(3), longest: Duration = .seconds(1024)) {
        (base, self.longest) = (initial, longest)
    }

    /// How long to wait for the next answer.
    ///
    /// - Parameter chance: Random, from 0 to 1: it lengthens or shortens by a tenth.
    package mutating func next(_ chance: Double) -> Duration {
        let wait = base * (0.9 + 0.2 * chance)
        base = min(wait * 2, longest)
        return wait
    }
}

/// When a client renews a mapping (RFC 6887 section 11.2.1).
///
/// After half of the lifetime, then after half of what is left, and so on; each a little later by
/// chance, so that the clients of one server do not come at once.
package struct PCPRenewal: Hashable, Sendable {
    /// How close one attempt may follow another.
    package static let shortestGap = Duration.seconds(4)

    private let lifetime: Duration
    /// What is left at the earliest moment of the next attempt, as a part of the lifetime.
    private var left = 0.5
    private var last = Duration.zero

    /// - Parameter lifetime: In seconds, as the server granted it.
    package init(lifetime: UInt32) {
        self.lifetime = .seconds(min(lifetime, PCP.longestLifetime))
    }

    /// The time from the grant to the next attempt; nil when the mapping ends before.
    ///
    /// - Parameter chance: Random, from 0 to 1.
    package mutating func next(_ chance: Double) -> Duration? {
        let part = 1 - left + left / 4 * chance
        let moment = max(lifetime * part, last + Self.shortestGap)
        guard moment < lifetime else { return nil }
        left /= 2
        last = moment
        return moment
    }
}

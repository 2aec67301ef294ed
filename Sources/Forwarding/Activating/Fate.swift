package import Addressing

/// Where a packet ends up.
package enum Fate: Hashable, Sendable {
    /// The forward carries it to `target`, which sees it come from `source`.
    case forwarded(ForwardID, target: Endpoint, source: SeenSource)
    /// The relay takes it at the gateway and connects to `target`, which sees it come from `source`; nil
    /// for a Unix socket.
    case relayed(ForwardID, target: Endpoint?, source: SeenSource)
    /// The forward matches and does not let it in.
    case refused(ForwardID, RefusedEntry)
    /// An exception leaves it to a program on the gateway.
    case excepted(ForwardID)
    /// No forward; it is for a program on the gateway.
    case local
    /// No forward; it came from outside and would have gone on inside.
    case guarded
    /// No forward; it is none of the gateway's business.
    case routed
}

/// Why a forward lets a packet not in.
package enum RefusedEntry: String, Hashable, Sendable {
    case denied, notAllowed, hairpinOff, otherInterface
    /// The schedule is closed.
    case closed
}

/// What the target sees as the sender.
package enum SeenSource: Hashable, Sendable {
    case client
    /// The external address that the client asked (hairpin in one subnet, RFC 4787 REQ-9a).
    case external(IPAddress)
    /// The gateway's address on the way to the target.
    case gateway
}

extension Fate {
    package var forward: ForwardID? {
        switch self {
        case .forwarded(let id, _, _), .relayed(let id, _, _), .refused(let id, _): id
        case .local, .guarded, .routed, .excepted: nil
        }
    }

    /// Where the forward leads to; nil where none does, and for a Unix socket.
    package var target: Endpoint? {
        switch self {
        case .forwarded(_, let target, _): target
        case .relayed(_, let target, _): target
        case .local, .guarded, .routed, .excepted, .refused: nil
        }
    }

    /// What the target sees as the sender; nil where no forward carries it.
    package var seenSource: SeenSource? {
        switch self {
        case .forwarded(_, _, let source), .relayed(_, _, let source): source
        case .local, .guarded, .routed, .excepted, .refused: nil
        }
    }

    /// Whether the relay takes it.
    package var isRelayed: Bool {
        guard case .relayed = self else { return false }
        return true
    }
}

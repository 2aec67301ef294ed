package import Addressing

/// What is asked for, or answered (RFC 6887 sections 11, 12, 14.1).
package enum PCPOperation: Hashable, Sendable {
    /// "Are you there?", and "I lost my mappings".
    case announce
    case map(PCPMap)
    case peer(PCPPeer)

    package var opcode: PCPOpcode {
        switch self {
        case .announce: .announce
        case .map: .map
        case .peer: .peer
        }
    }

    /// What it says of a mapping; nil for an announcement.
    package var mapping: PCPMap? {
        switch self {
        case .announce: nil
        case .map(let map): map
        case .peer(let peer): peer.mapping
        }
    }
}

/// A mapping, as the client names it and the server assigns it.
package struct PCPMap: Hashable, Sendable {
    package var nonce: MappingNonce
    /// The number of the IP protocol; 0 for all of them.
    package var protocolNumber: UInt8
    /// 0 for all ports.
    package var internalPort: UInt16
    /// Suggested in a request, assigned in a response; port 0 and the address of all zeros stand for
    /// no wish.
    package var external: Endpoint

    package init(
        nonce: MappingNonce, protocolNumber: UInt8, internalPort: UInt16, external: Endpoint
    ) {
        self.nonce = nonce
        self.protocolNumber = protocolNumber
        self.internalPort = internalPort
        self.external = external
    }

    /// Whether both speak of the same mapping, wherever it is outside.
    package func isSame(as other: PCPMap) -> Bool {
        nonce == other.nonce && protocolNumber == other.protocolNumber
            && internalPort == other.internalPort
    }
}

/// A mapping for what is exchanged with one remote peer.
package struct PCPPeer: Hashable, Sendable {
    package var mapping: PCPMap
    /// As the client sees it.
    package var remote: Endpoint

    package init(_ mapping: PCPMap, remote: Endpoint) {
        self.mapping = mapping
        self.remote = remote
    }
}

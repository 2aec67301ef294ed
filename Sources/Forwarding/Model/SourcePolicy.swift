package import Addressing

/// Who may use a forward.
///
/// The allow-list is about the outside: it holds for packets that arrive on a WAN interface. Inside,
/// `hairpin` decides. The deny-list holds for everyone and wins.
package struct SourcePolicy: Hashable, Sendable {
    /// Anywhere, where there are neither these nor peers.
    package var allowed: [Prefix]
    package var denied: [Prefix]
    /// Let in besides, from certain ports: what devices say of their peers.
    package var peers: [RemotePeer]

    package init(allowed: [Prefix] = [], denied: [Prefix] = [], peers: [RemotePeer] = []) {
        // Whoever may come from any port needs no list of ports.
        let allowed = Self.reduced(allowed + peers.lazy.filter { $0.port == nil }.map(\.prefix))
        self.allowed = allowed
        self.denied = Self.reduced(denied)
        self.peers = Self.reduced(peers).filter { peer in
            !allowed.contains { $0.contains(peer.prefix) }
        }
    }

    package static let anywhere = SourcePolicy()

    package var isAnywhere: Bool { allowed.isEmpty && peers.isEmpty }

    package func denies(_ source: IPAddress) -> Bool {
        denied.contains { $0.contains(source) }
    }

    package func allows(_ source: Endpoint) -> Bool {
        isAnywhere || allowed.contains { $0.contains(source.address) }
            || peers.contains { $0.includes(source) }
    }

    /// Sorted, without blocks that lie in another one: the kernel's interval sets refuse overlaps,
    /// and two lists that mean the same should compare equal.
    private static func reduced(_ prefixes: [Prefix]) -> [Prefix] {
        var kept: [Prefix] = []
        for prefix in prefixes.sorted() {
            guard let previous = kept.last, previous.contains(prefix) else {
                kept.append(prefix)
                continue
            }
        }
        return kept
    }

    /// The same for the peers of each port; those of any port are left out.
    private static func reduced(_ peers: [RemotePeer]) -> [RemotePeer] {
        Dictionary(grouping: peers.filter { $0.port != nil }, by: \.port)
            .flatMap { port, peers in
                reduced(peers.map(\.prefix)).map { RemotePeer($0, port: port) }
            }
            .sorted()
    }
}

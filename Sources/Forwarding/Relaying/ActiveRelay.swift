package import Addressing

/// What a relay needs to carry a forward: every name resolved.
package struct ActiveRelay: Hashable, Sendable {
    /// Why the kernel cannot carry it; nil when it can.
    package var reason: RelayReason?
    /// The forward's own target first; places that are nowhere at the moment are left out.
    package var targets: [RelayTarget]
    package var routes: [ActiveRoute]
    package var terms: RelayTerms

    package init(
        reason: RelayReason? = nil, targets: [RelayTarget] = [], routes: [ActiveRoute] = [],
        terms: RelayTerms = .none
    ) {
        self.reason = reason
        self.targets = targets
        self.routes = routes
        self.terms = terms
    }
}

/// Where a relay connects to.
package struct RelayTarget: Hashable, Sendable {
    package var place: Place
    /// As wide as the external ports; those of a Unix socket mean nothing.
    package var ports: PortRange

    package enum Place: Hashable, Sendable {
        /// At most one of each family, IPv6 first: the order in which they are tried.
        case addresses(ResolvedTarget)
        case unix(SocketPath)
    }

    package init(place: Place, ports: PortRange) {
        self.place = place
        self.ports = ports
    }
}

/// Targets for those who ask for a name.
package struct ActiveRoute: Hashable, Sendable {
    package var name: NamePattern
    /// Nil while it is nowhere.
    package var target: RelayTarget?

    package init(name: NamePattern, target: RelayTarget?) {
        self.name = name
        self.target = target
    }
}

/// The path of a Unix socket.
package struct SocketPath: Hashable, Sendable {
    package let text: String

    /// Nil unless absolute, without control characters, and at most 107 bytes (`unix(7)`).
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("/"), text.utf8.count <= Self.limit,
            text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
        else { return nil }
        self.text = String(text)
    }

    package static let limit = 107
}

extension SocketPath: CustomStringConvertible {
    package var description: String { text }
}

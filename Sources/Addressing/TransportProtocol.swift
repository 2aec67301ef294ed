/// A transport protocol that has ports.
///
/// The raw value is the IP protocol number (IANA).
package enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    package var name: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        }
    }
}

extension TransportProtocol {
    /// Reads `tcp`, `udp` or `sctp`.
    package init?(named name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.name == name.lowercased() }) else {
            return nil
        }
        self = found
    }
}

/// The protocols that one forward carries.
package enum Transports: String, Hashable, Sendable, CaseIterable {
    case tcp
    case udp
    case tcpAndUDP = "tcp+udp"
    case sctp
    /// Whatever is sent, protocols without ports too: a whole address.
    case everything = "all"

    package var all: [TransportProtocol] {
        switch self {
        case .tcp: [.tcp]
        case .udp: [.udp]
        case .tcpAndUDP: [.tcp, .udp]
        case .sctp: [.sctp]
        case .everything: TransportProtocol.allCases
        }
    }

    package func contains(_ transport: TransportProtocol) -> Bool {
        all.contains(transport)
    }

    /// Reads `tcp`, `udp`, `tcp+udp` (either order) or `sctp`.
    package init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        guard text != Self.everything.rawValue else { return nil }
        self.init(rawValue: text == "udp+tcp" ? "tcp+udp" : text)
    }
}

extension Transports: CustomStringConvertible {
    package var description: String { rawValue }
}

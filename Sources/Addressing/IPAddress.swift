/// An address of either family.
package enum IPAddress: Hashable, Sendable, BitwiseCopyable {
    case v4(IPv4Address)
    case v6(IPv6Address)
}

/// The two families of internet addresses.
package enum AddressFamily: String, Hashable, Sendable, CaseIterable {
    case v4, v6
}

extension IPAddress {
    package var family: AddressFamily {
        switch self {
        case .v4: .v4
        case .v6: .v6
        }
    }

    package var v4: IPv4Address? {
        guard case .v4(let address) = self else { return nil }
        return address
    }

    package var v6: IPv6Address? {
        guard case .v6(let address) = self else { return nil }
        return address
    }

    /// 4 or 16 octets in network order.
    package var octets: [UInt8] {
        switch self {
        case .v4(let address): address.octets
        case .v6(let address): address.octets
        }
    }

    /// Takes 4 or 16 octets in network order; nil for any other count.
    package init?(octets: some Collection<UInt8>) {
        switch octets.count {
        case 4: self = .v4(IPv4Address(bits: octets.reduce(0) { $0 << 8 | UInt32($1) }))
        case 16: self = .v6(IPv6Address(octets: octets))
        default: return nil
        }
    }
}

extension IPAddress {
    /// Whether it stands for every address of its family (`0.0.0.0`, `::`).
    package var isAny: Bool { self == .v4(.any) || self == .v6(.any) }

    package var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }
}

extension IPAddress: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}

extension IPAddress: LosslessStringConvertible {
    package init?(_ text: some StringProtocol) {
        if let v4 = IPv4Address(text) {
            self = .v4(v4)
        } else if let v6 = IPv6Address(text) {
            self = .v6(v6)
        } else {
            return nil
        }
    }

    package init?(_ description: String) {
        self.init(description[...])
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

/// Where an address means anything, as its block says.
///
/// IPv4: the registry of RFC 6890 and its updates; IPv6: RFC 4291 and the same registry.
package enum AddressKind: String, Hashable, Sendable, CaseIterable {
    /// On the whole internet.
    case global
    /// Inside one site (RFC 1918, RFC 4193).
    case siteLocal = "private"
    /// Between a provider and its customers, who share what is behind it (RFC 6598).
    case carrier = "cgnat"
    /// Of IPv4 carried over IPv6: DS-Lite, 464XLAT (RFC 6333, RFC 7335).
    case carriedOverIPv6 = "ipv4-over-ipv6"
    /// On one link (RFC 3927, RFC 4291).
    case linkLocal = "link-local"
    /// In texts, and in labs (RFC 5737, RFC 3849, RFC 9637).
    case documentation
    /// Of a tunnel that ends at an IPv4 address: 6to4, Teredo (RFC 3056, RFC 4380).
    case tunnelled
    /// Between measuring devices, to special services, or not given out.
    case special
    /// On this machine.
    case loopback
    case multicast
    case unspecified

    /// Whether what has such an address reaches the internet through somebody who translates.
    package var isTranslated: Bool {
        [.siteLocal, .carrier, .carriedOverIPv6, .linkLocal].contains(self)
    }
}

extension IPv4Address {
    package var kind: AddressKind {
        Self.blocks.first { $0.holds(self) }?.kind ?? .global
    }

    private struct Block {
        var base: IPv4Address
        var length: UInt32
        var kind: AddressKind

        init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ length: UInt32, _ kind: AddressKind)
        {
            base = IPv4Address(first, second, third, 0)
            (self.length, self.kind) = (length, kind)
        }

        func holds(_ address: IPv4Address) -> Bool {
            address.bits >> (32 - length) == base.bits >> (32 - length)
        }
    }

    private static let blocks: [Block] = [
        Block(0, 0, 0, 8, .unspecified), Block(10, 0, 0, 8, .siteLocal),
        Block(100, 64, 0, 10, .carrier), Block(127, 0, 0, 8, .loopback),
        Block(169, 254, 0, 16, .linkLocal), Block(172, 16, 0, 12, .siteLocal),
        Block(192, 0, 0, 24, .carriedOverIPv6), Block(192, 0, 2, 24, .documentation),
        // AS112, AMT, the old anycast of 6to4, AS112 again.
        Block(192, 31, 196, 24, .special), Block(192, 52, 193, 24, .special),
        Block(192, 88, 99, 24, .special), Block(192, 175, 48, 24, .special),
        Block(192, 168, 0, 16, .siteLocal), Block(198, 18, 0, 15, .special),
        Block(198, 51, 100, 24, .documentation), Block(203, 0, 113, 24, .documentation),
        Block(224, 0, 0, 4, .multicast), Block(240, 0, 0, 4, .special),
    ]
}

extension IPv6Address {
    package var kind: AddressKind {
        if isUnspecified { return .unspecified }
        if isLoopback { return .loopback }
        if isMulticast { return .multicast }
        if isLinkLocal { return .linkLocal }
        if isUniqueLocal { return .siteLocal }
        // 2000::/3 is all that is given out.
        guard high >> 61 == 1 else { return .special }
        if high >> 32 == 0x2001_0db8 || high >> 44 == 0x3fff0 { return .documentation }
        return high >> 32 == 0x2001_0000 || high >> 48 == 0x2002 ? .tunnelled : .global
    }
}

extension IPAddress {
    package var kind: AddressKind {
        switch self {
        case .v4(let address): address.kind
        case .v6(let address): address.kind
        }
    }
}

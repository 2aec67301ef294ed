import Addressing
import Forwarding

/// Whether the WAN's IPv4 address is one that the internet can reach.
enum WANAddressChecks {
    /// Blocks that are never reached from the internet, and whose they are.
    enum Kind: Hashable {
        /// Shared by a provider's customers (RFC 6598).
        case carrier
        /// Of a router in front of this one (RFC 1918, RFC 3927).
        case home
        /// IPv4 over IPv6 (RFC 6333, RFC 7335).
        case shared6
    }

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.network.links.filter { seen.network.isWAN($0.interface) }.compactMap { link in
            guard let address = link.address.v4, let kind = kind(of: address) else { return nil }
            return finding(address, kind, link.interface, seen)
        }
    }

    static func kind(of address: IPv4Address) -> Kind? {
        let bits = address.bits
        if bits >> 22 == 0x6440_0000 >> 22 { return .carrier }
        if bits >> 8 == 0xc000_0000 >> 8 { return .shared6 }
        let isPrivate = bits >> 24 == 10 || bits >> 20 == 0xac1 || bits >> 16 == 0xc0a8
        return isPrivate || address.isLinkLocal ? .home : nil
    }

    private static func finding(
        _ address: IPv4Address, _ kind: Kind, _ wan: InterfaceName, _ seen: Observations
    ) -> Finding {
        switch kind {
        case .carrier:
            return Finding(
                "wan-carrier-nat", .problem, wan.text,
                what: "the WAN \(wan) has \(address), which the provider shares among customers"
                    + " (100.64.0.0/10, CGNAT)",
                why: "nothing from the internet reaches this address, whatever is forwarded here",
                remedy: "ask the provider for a public IPv4 address; forward over IPv6; or use a"
                    + " tunnel to a machine that has one")
        case .shared6:
            return Finding(
                "wan-carrier-nat", .problem, wan.text,
                what: "the WAN \(wan) has \(address): its IPv4 is carried over IPv6"
                    + " (DS-Lite, 464XLAT) and shared",
                why: "nothing from the internet reaches this address over IPv4",
                remedy: "forward over IPv6, or ask the provider for a public IPv4 address")
        case .home: return privateAddress(address, wan, seen)
        }
    }

    private static func privateAddress(
        _ address: IPv4Address, _ wan: InterfaceName, _ seen: Observations
    ) -> Finding {
        let upstream = seen.defaultRoutes.first { $0.interface == wan && $0.family == .v4 }
        let router = upstream?.gateway?.v4.flatMap { kind(of: $0) == nil ? nil : $0 }
        let who = router.map { "the router \($0) in front" } ?? "a router in front"
        return Finding(
            "wan-private-address", .warning, wan.text,
            what: "the WAN \(wan) has the private address \(address): \(who) translates again"
                + " (double NAT)",
            why: "the internet reaches that router, not this gateway, unless it forwards as well",
            remedy: "forward the same ports on that router to \(address), make this gateway its"
                + " exposed host, or set it to bridge mode")
    }
}

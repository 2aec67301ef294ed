import Addressing
import Forwarding

/// Whether the WAN's IPv4 address is one that the internet can reach.
enum WANAddressChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.network.links.filter { seen.network.isWAN($0.interface) }.compactMap { link in
            link.address.v4.flatMap { finding($0, link.interface, seen) }
        }
    }

    private static func finding(
        _ address: IPv4Address, _ wan: InterfaceName, _ seen: Observations
    ) -> Finding? {
        switch address.kind {
        case .carrier:
            return Finding(
                "wan-carrier-nat", .problem, wan.text,
                what: "the WAN \(wan) has \(address), which the provider shares among customers"
                    + " (100.64.0.0/10, CGNAT)",
                why: "nothing from the internet reaches this address, whatever is forwarded here",
                remedy: "ask the provider for a public IPv4 address; forward over IPv6; or use a"
                    + " tunnel to a machine that has one")
        case .carriedOverIPv6:
            return Finding(
                "wan-carrier-nat", .problem, wan.text,
                what: "the WAN \(wan) has \(address): its IPv4 is carried over IPv6"
                    + " (DS-Lite, 464XLAT) and shared",
                why: "nothing from the internet reaches this address over IPv4",
                remedy: "forward over IPv6, or ask the provider for a public IPv4 address")
        case .siteLocal, .linkLocal: return privateAddress(address, wan, seen)
        default: return nil
        }
    }

    private static func privateAddress(
        _ address: IPv4Address, _ wan: InterfaceName, _ seen: Observations
    ) -> Finding {
        let upstream = seen.defaultRoutes.first { $0.interface == wan && $0.family == .v4 }
        let router = upstream?.gateway?.v4.flatMap { $0.kind.isTranslated ? $0 : nil }
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

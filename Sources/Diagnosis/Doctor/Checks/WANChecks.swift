import Addressing
import Forwarding

/// Whether there is an outside at all, and whether it is the one that was named.
enum WANChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let wans = seen.network.wans
        guard !wans.isEmpty else { return needsNone(seen) ? [] : [noWAN] }
        return wans.compactMap { withoutAddress($0, seen) ?? withoutRoute($0, seen) }
            + overlaps(seen)
    }

    /// Whether every forward is asked at addresses that need no WAN.
    private static func needsNone(_ seen: Observations) -> Bool {
        !seen.carried.isEmpty && seen.carried.allSatisfy { 
            $0.isRelayed && $0.active.scope != .everyWAN
        }
    }

    private static let noWAN = Finding(
        "no-wan", .problem, what: "no WAN interface is known",
        why: "there is no default route and none was named, so no forward is reached from outside",
        remedy: "name it: portcullis run --wan wan0, or wan = [\"wan0\"] under [network]")

    private static func withoutAddress(_ wan: InterfaceName, _ seen: Observations) -> Finding? {
        guard seen.network.addresses(of: wan).isEmpty else { return nil }
        let state =
            switch seen.interfaces[wan] {
            case nil: "is not there"
            case .some(let interface): interface.isUp ? "has no address" : "is down"
            }
        return Finding(
            "wan-without-address", .problem, wan.text, what: "the WAN \(wan) \(state)",
            why: "forwards wait until it has an address; they come back by themselves then",
            remedy: "see to its link and its DHCP or PPPoE client: ip address show dev \(wan)")
    }

    /// A WAN that leads nowhere while another interface does is often the wrong one of the two.
    private static func withoutRoute(_ wan: InterfaceName, _ seen: Observations) -> Finding? {
        let routes = seen.defaultRoutes
        guard !routes.isEmpty, !routes.contains(where: { $0.interface == wan }),
            let inside = routes.map(\.interface).first(where: { !seen.network.isWAN($0) })
        else { return nil }
        return Finding(
            "wan-swapped", .problem, wan.text,
            what: "no default route leads over the WAN \(wan), but one leads over \(inside),"
                + " which counts as inside",
            why: "what comes from the internet by \(inside) meets no forward, and the guard does"
                + " not stand there",
            remedy: "if \(inside) is the WAN, name it: portcullis run --wan \(inside); else remove"
                + " its default route: ip route del default dev \(inside)")
    }

    /// Two networks with the same addresses, one on each side.
    private static func overlaps(_ seen: Observations) -> [Finding] {
        let links = seen.network.links
        let pairs = links.filter { seen.network.isWAN($0.interface) }.flatMap { outer in
            links.filter {
                !seen.network.isWAN($0.interface)
                    && ($0.prefix.contains(outer.prefix) || outer.prefix.contains($0.prefix))
            }.map { (outer, $0) }
        }
        return pairs.map { outer, inner in
            Finding(
                "subnets-overlap", .problem, "\(inner.interface)",
                what: "\(inner.prefix) of \(inner.interface) and \(outer.prefix) of the WAN"
                    + " \(outer.interface) overlap",
                why: "the kernel sends packets for one to the other: targets or the internet are"
                    + " not reached",
                remedy: "give the network behind \(inner.interface) another prefix")
        }
    }
}

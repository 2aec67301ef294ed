import Addressing
import Forwarding
import Netlink

/// The elements that follow the machine's network.
enum NetworkElements {
    static func elements(of network: NetworkView) -> [PlacedElement] {
        let carried = TransportProtocol.allCases.map {
            PlacedElement(set: "carried", element: SetElement(RegisterImage([$0.rawValue])))
        }
        let interfaces = network.wans.flatMap { name in
            [
                PlacedElement(set: "wan_if", element: SetElement(RegisterImage().interface(name))),
                PlacedElement(
                    set: "turn",
                    element: SetElement(RegisterImage().interface(name).interface(name))),
            ]
        }
        let addresses = Set(network.wanAddresses).sorted().map { address in
            PlacedElement(
                set: address.family == .v4 ? "wan4" : "wan6",
                element: SetElement(RegisterImage().address(address)))
        }
        return carried + interfaces + addresses + subnets(of: network)
    }

    /// One element for each subnet that lies in no other: the kernel refuses overlaps.
    private static func subnets(of network: NetworkView) -> [PlacedElement] {
        var kept: [Prefix] = []
        for prefix in network.links.map(\.prefix).sorted() {
            if let previous = kept.last, previous.contains(prefix) { continue }
            kept.append(prefix)
        }
        return kept.map { prefix in
            let first = RegisterImage().address(prefix.base).address(prefix.base)
            let last = RegisterImage().address(prefix.last).address(prefix.last)
            return PlacedElement(
                set: prefix.family == .v4 ? "same4" : "same6",
                element: SetElement(first, through: last))
        }
    }
}

package import Addressing
package import Netlink

/// How traffic leaves by one WAN at the moment.
package struct WANPath: Hashable, Sendable {
    /// The WAN's number, 1 to 15, which stands in marks.
    package var number: Int
    package var interface: InterfaceName
    package var index: UInt32
    package var addresses: [InterfaceAddress]
    /// At most one of each family.
    package var hops: [NextHop]
}

extension MachineNetwork {
    /// The ways out by WANs that are there, are up and have a next hop.
    ///
    /// The next hop is that of the machine's own default route, however bad its metric, else what the
    /// operator said. IPv4 needs an address besides; IPv6 does not, since a provider may hand over a
    /// prefix and none for the link.
    package func paths(
        of wans: [InterfaceName], gateways: [InterfaceName: [IPAddress]] = [:]
    ) -> [WANPath] {
        zip(1...WANMask.most, wans).compactMap { number, name in
            let found = interfaces.values.first { $0.name == name }
            guard let interface = found, interface.isUp, interface.hasCarrier else { return nil }
            let own = addresses.filter {
                $0.index == interface.index && !$0.isTentative
                    && $0.address.v6?.isLinkLocal != true
            }
            let hops = AddressFamily.allCases.compactMap { family -> NextHop? in
                guard family == .v6 || own.contains(where: { $0.address.family == .v4 }) else {
                    return nil
                }
                return hop(family, by: interface.index)
                    ?? gateways[name]?.first { $0.family == family }.map(NextHop.gateway)
            }
            guard !hops.isEmpty else { return nil }
            return WANPath(
                number: number, interface: name, index: interface.index, addresses: own,
                hops: hops)
        }
    }

    private func hop(_ family: AddressFamily, by index: UInt32) -> NextHop? {
        let routes = defaultRoutes.filter {
            $0.family == family && $0.index == index && !$0.isUnread
        }
        guard let best = routes.min(by: { $0.priority < $1.priority }) else { return nil }
        return best.gateway.map(NextHop.gateway) ?? .link(family)
    }
}

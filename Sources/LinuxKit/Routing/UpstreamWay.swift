package import Addressing
import Netlink

/// How a router in front is reached: from which own address, by which interface.
package struct UpstreamWay: Hashable, Sendable {
    package var router: IPv4Address
    package var own: IPv4Address
    package var interface: InterfaceName

    package init(router: IPv4Address, own: IPv4Address, interface: InterfaceName) {
        (self.router, self.own, self.interface) = (router, own, interface)
    }
}

extension MachineNetwork {
    /// The way to the router of the best default route, or to the one that is named; nil when there is
    /// none.
    package func upstream(router named: IPv4Address? = nil) -> UpstreamWay? {
        let routes = defaultRoutes.filter { $0.family == .v4 && !$0.isUnread }
        let best = routes.min { $0.priority < $1.priority }
        guard let router = named ?? best?.gateway?.v4 else { return nil }
        // One that no link holds is reached as everything else is.
        guard let index = link(to: router)?.index ?? best?.index,
            let interface = interfaces[index],
            let own = address(on: index, towards: router)
        else { return nil }
        return UpstreamWay(router: router, own: own, interface: interface.name)
    }

    private func link(to router: IPv4Address) -> InterfaceAddress? {
        addresses.filter { $0.prefix.contains(.v4(router)) && $0.address != .v4(router) }
            .max { $0.prefixLength < $1.prefixLength }
    }

    /// The one in the router's subnet, else any.
    private func address(on index: UInt32, towards router: IPv4Address) -> IPv4Address? {
        let own = addresses.filter { $0.index == index && $0.address.family == .v4 }
        return (own.first { $0.prefix.contains(.v4(router)) } ?? own.first)?.address.v4
    }
}

extension InterfaceAddress {
    fileprivate var prefix: Prefix { Prefix(containing: address, length: prefixLength) }
}

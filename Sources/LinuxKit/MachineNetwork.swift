package import Addressing
package import Netlink

/// The interfaces, addresses, default routes and neighbours of the machine at one moment.
package struct MachineNetwork: Hashable, Sendable {
    package var interfaces: [UInt32: InterfaceState] = [:]
    package var addresses: [InterfaceAddress] = []
    package var defaultRoutes: [DefaultRoute] = []
    package var neighbours: [Neighbour] = []
    /// The rules and routes of the gateway's own that are installed.
    package var policy = PolicyRouting()

    package init() {}

    /// Takes in one message of a dump.
    mutating func add(_ message: RouteMessage) {
        switch message {
        case .link(let link, removed: false): interfaces[link.index] = link
        case .address(let address, removed: false): addresses.append(address)
        case .routes(let routes, removed: false): defaultRoutes += routes
        case .ownRoute(let route, removed: false): policy.routes.insert(route)
        case .ownRule(let rule, removed: false): policy.rules.insert(rule)
        case .neighbour(let neighbour, removed: false):
            if neighbour.mac != nil { neighbours.append(neighbour) }
        case .link, .address, .routes, .neighbour, .ownRoute, .ownRule: break
        }
    }

    /// Reads everything from the kernel.
    package static func read(
        through socket: inout NetlinkSocket
    ) throws(KernelError) -> MachineNetwork {
        for _ in 0..<10 {
            var (network, isWhole) = (MachineNetwork(), true)
            for dump in [RouteMessage.Dump.links, .addresses, .routes, .neighbours] {
                let end = try socket.dump(
                    { dump.write(sequence: $0, to: &$1) },
                    { message in RouteMessage(message).map { network.add($0) } })
                isWhole = isWhole && end == .complete
            }
            try network.policy.readRules(through: &socket)
            if isWhole { return network }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .netlinkDump)
    }

    /// The interface of the best default route, IPv4 before IPv6; nil when there is none.
    package var defaultInterface: InterfaceName? {
        let best = defaultRoutes.min { first, second in
            (first.family == .v4 ? 0 : 1, first.priority)
                < (second.family == .v4 ? 0 : 1, second.priority)
        }
        return best.flatMap { interfaces[$0.index]?.name }
    }
}

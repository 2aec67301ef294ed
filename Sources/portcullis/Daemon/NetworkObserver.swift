import Addressing
import Forwarding
import Gateway
import LinuxKit
import Netlink
import Synchronization

/// Sees the machine's network with the names that the operator gave; both may change at any time.
final class NetworkObserver: Sendable {
    private let state: Mutex<(eyes: NetworkEyes, last: MachineNetwork)>
    private let numbers: KernelNumbers

    init(_ settings: NetworkSettings, _ numbers: KernelNumbers) {
        state = Mutex((NetworkEyes(settings), MachineNetwork()))
        self.numbers = numbers
    }

    func observe(_ network: MachineNetwork) -> NetworkObservation {
        state.withLock { state in
            state.last = network
            return state.eyes.observe(network)
        }
    }

    /// Takes other names, and looks again.
    func adopt(_ settings: NetworkSettings) -> NetworkObservation {
        state.withLock { state in
            state.eyes.settings = settings
            return state.eyes.observe(state.last)
        }
    }

    /// The routing rules and tables that the network wants as it was last seen, those that it had, and
    /// the WANs that are concerned.
    func routing() -> (wanted: PolicyRouting, seen: PolicyRouting, wans: [InterfaceName]) {
        state.withLock { state in
            let paths = state.eyes.routedPaths(in: state.last)
            return (
                PolicyRouting(paths, mask: numbers.wanMask, base: numbers.routingBase),
                state.last.policy, paths.map(\.interface)
            )
        }
    }
}

/// Makes of the machine's network what the gateway needs to know of it.
private struct NetworkEyes {
    var settings: NetworkSettings
    /// The last interface that had the default route: a WAN that is down for a moment stays the WAN.
    private var lastDefault: InterfaceName?

    init(_ settings: NetworkSettings) { self.settings = settings }

    private var wans: [InterfaceName] { settings.wans ?? [lastDefault].compactMap(\.self) }

    mutating func observe(_ network: MachineNetwork) -> NetworkObservation {
        lastDefault = network.defaultInterface ?? lastDefault
        let links = network.addresses.compactMap { entry -> Link? in
            guard let interface = network.interfaces[entry.index], interface.isUp,
                !interface.isLoopback || wans.contains(interface.name), !entry.isTentative,
                entry.address.v6?.isLinkLocal != true
            else { return nil }
            return Link(
                interface: interface.name, address: entry.address,
                prefixLength: entry.prefixLength, isDeprecated: entry.isDeprecated)
        }
        let sizes = network.interfaces.values.filter { $0.isUp && !$0.isLoopback }.map(\.mtu)
        let paths = network.paths(of: wans, gateways: settings.gateways)
        let view = NetworkView(
            wans: wans, lans: settings.lans,
            links: links.sorted {
                ($0.interface, $0.address, $0.prefix) < ($1.interface, $1.address, $1.prefix)
            },
            linksDiffer: Set(sizes).count > 1,
            exits: paths.reduce(into: [:]) { $0[$1.interface] = $1.hops },
            answersFollow: settings.answersFollow, defaultExit: network.defaultInterface)
        return NetworkObservation(view: view, devices: DeviceFinder(view).devices(in: network))
    }

    /// None while there is one WAN, or where the rules belong to somebody else.
    func routedPaths(in network: MachineNetwork) -> [WANPath] {
        guard settings.answersFollow, wans.count > 1 else { return [] }
        return network.paths(of: wans, gateways: settings.gateways)
    }
}

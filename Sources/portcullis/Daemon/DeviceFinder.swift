import Addressing
import Forwarding
import LinuxKit
import Netlink

/// Finds devices inside by their hardware addresses, from the neighbour table and the prefixes that the
/// LANs have.
///
/// The neighbour table knows an old address for minutes after its prefix has gone, and a new one only
/// when somebody has asked for it. So an address counts while its prefix does, and a device that keeps
/// its identifier is looked for in the new prefix at once.
struct DeviceFinder {
    private let view: NetworkView

    init(_ view: NetworkView) { self.view = view }

    private struct Sighting {
        var interface: InterfaceName
        var address: IPAddress
    }

    /// Neighbours on a WAN are never looked at.
    func devices(in network: MachineNetwork) -> [MACAddress: ResolvedTarget] {
        var sightings: [MACAddress: [Sighting]] = [:]
        for neighbour in network.neighbours {
            guard let mac = neighbour.mac, mac.isDevice,
                let interface = network.interfaces[neighbour.index]?.name,
                !view.isWAN(interface)
            else { continue }
            sightings[mac, default: []].append(
                Sighting(interface: interface, address: neighbour.address))
        }
        return sightings.reduce(into: [:]) { devices, entry in
            devices[entry.key] = ResolvedTarget(
                v4: entry.value.compactMap(\.address.v4).min(),
                v6: place(of: entry.key, entry.value))
        }
    }

    /// The address made of the hardware address where the device has one, since it stays while
    /// temporary ones come and go; else the lowest of a current prefix; else what it will be there.
    private func place(of mac: MACAddress, _ sightings: [Sighting]) -> IPv6Address? {
        let global = sightings.compactMap { sighting -> (InterfaceName, IPv6Address)? in
            guard let address = sighting.address.v6, !address.isLinkLocal else { return nil }
            return (sighting.interface, address)
        }
        let stable = global.filter { $0.1.low == mac.interfaceIdentifier }
        let current = global.filter { view.isCurrent($0.1, on: $0.0) }
        let choices = [
            stable.filter { view.isCurrent($0.1, on: $0.0) }.map(\.1), moved(stable),
            current.map(\.1), moved(global), stable.map(\.1), global.map(\.1),
        ]
        return choices.lazy.compactMap { $0.min() }.first
    }

    /// The same identifiers in the current prefixes of their interfaces.
    private func moved(_ places: [(InterfaceName, IPv6Address)]) -> [IPv6Address] {
        places.compactMap { interface, address in
            guard let identifier = InterfaceIdentifier(address.low),
                let moved = view.address(of: identifier, on: interface),
                view.isCurrent(moved, on: interface)
            else { return nil }
            return moved
        }
    }
}

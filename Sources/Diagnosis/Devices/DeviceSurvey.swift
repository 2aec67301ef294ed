package import Addressing
import FoundationEssentials
package import LinuxKit

/// Which devices are there inside: for people who choose one rather than type an address.
///
/// The kernel knows the addresses that it has spoken to lately, a DHCP server on this machine knows what
/// they call themselves, and Debian's `ieee-data` who made them. Nobody is asked over the network.
package struct DeviceSurvey: Sendable {
    package struct Device: Hashable, Sendable {
        package var interface: InterfaceName
        package var mac: MACAddress
        /// IPv4 first.
        package var addresses: [IPAddress]
        package var name: String?
        package var maker: String?
    }

    private let places: NamePlaces

    package init(places: NamePlaces = .usual) { self.places = places }

    /// In the network namespace of the calling thread; sorted by address.
    package func devices(on interfaces: [InterfaceName]) throws(KernelError) -> [Device] {
        let seen = try NeighbourLookup.all(on: interfaces)
        var found: [MACAddress: Device] = [:]
        for (interface, address, mac) in seen {
            found[mac, default: Device(interface: interface, mac: mac, addresses: [])]
                .addresses.append(address)
        }
        let names = places.names()
        let makers = places.makers(of: Set(found.keys))
        return found.values.map { device in
            var device = device
            device.addresses.sort { Self.rank($0) < Self.rank($1) }
            device.name = names[device.mac] ?? device.addresses.lazy.compactMap { names[$0] }.first
            device.maker = makers[device.mac]
            return device
        }.sorted { Self.rank($0.addresses[0]) < Self.rank($1.addresses[0]) }
    }

    /// IPv4 before global IPv6 before link-local.
    private static func rank(_ address: IPAddress) -> (Int, IPAddress) {
        let kind = address.v4 != nil ? 0 : address.v6.map { $0.isLinkLocal ? 2 : 1 } ?? 1
        return (kind, address)
    }
}

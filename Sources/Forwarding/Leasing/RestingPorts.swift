package import Addressing

/// External ports that were given back lately, and are kept from other devices for a while.
///
/// They count for the device that had them, like those that it has: otherwise whoever takes ports and gives
/// them back, again and again, would soon keep all of them from everybody.
package struct RestingPorts: Hashable, Sendable {
    private var ports: [PortInTransport: RestingPort] = [:]
    private var counts: [Owner: Int] = [:]

    /// Who had a port: the device by its hardware address where that is known.
    fileprivate enum Owner: Hashable {
        case mac(MACAddress)
        case address(IPAddress)

        init(_ device: IPAddress, _ mac: MACAddress?) {
            self = mac.map { .mac($0) } ?? .address(device)
        }
    }

    package init() {}

    package var count: Int { ports.count }

    package subscript(key: PortInTransport) -> RestingPort? { ports[key] }

    /// How many a device has that rest; those whose time is over count until they are forgotten.
    package func count(of device: IPAddress, _ mac: MACAddress?) -> Int {
        counts[Owner(device, mac)] ?? 0
    }

    package mutating func insert(_ port: RestingPort, at key: PortInTransport) {
        remove(key)
        ports[key] = port
        counts[port.owner, default: 0] += 1
    }

    package mutating func forget(_ now: Timestamp) {
        for (key, port) in ports where port.until <= now { remove(key) }
    }

    private mutating func remove(_ key: PortInTransport) {
        guard let gone = ports.removeValue(forKey: key) else { return }
        let left = (counts[gone.owner] ?? 1) - 1
        counts[gone.owner] = left > 0 ? left : nil
    }
}

/// Whose a port was, and until when it rests.
package struct RestingPort: Hashable, Sendable {
    package var device: IPAddress
    package var mac: MACAddress?
    package var until: Timestamp

    package init(device: IPAddress, mac: MACAddress? = nil, until: Timestamp) {
        self.device = device
        self.mac = mac
        self.until = until
    }
}

extension RestingPort {
    fileprivate var owner: RestingPorts.Owner { RestingPorts.Owner(device, mac) }
}

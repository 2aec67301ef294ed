package import Addressing

/// The device that a forward leads to, and the ports there.
package struct Target: Hashable, Sendable {
    package var host: TargetHost
    /// As wide as the external ports; the first external port goes to the first of these.
    package var ports: PortRange

    package init(host: TargetHost, ports: PortRange) {
        self.host = host
        self.ports = ports
    }
}

/// How the device is named.
package enum TargetHost: Hashable, Sendable {
    case address(IPAddress)
    /// Resolved again when its time to live has passed; the last good answer is kept.
    case name(HostName)
    /// Followed through the neighbour table.
    case mac(MACAddress)
    /// The machine itself: what arrives there is left to its own programs.
    case gateway
    /// The device with this identifier, in whatever prefix the LAN has at the moment; nil for any LAN.
    case suffix(InterfaceIdentifier, on: InterfaceName?)
    /// A program on the machine itself that only a relay reaches.
    case unix(SocketPath)

    /// Whether the addresses have to be found out and may change.
    package var isFollowed: Bool {
        switch self {
        case .address, .gateway, .unix: false
        case .name, .mac, .suffix: true
        }
    }

    /// The one family that the target can have; nil where it may have both.
    var family: AddressFamily? {
        switch self {
        case .address(let address): address.family
        case .suffix: .v6
        case .name, .mac, .gateway, .unix: nil
        }
    }

    var isLoopback: Bool {
        guard case .address(let address) = self else { return false }
        return address.isLoopback
    }

    var isUnix: Bool {
        guard case .unix = self else { return false }
        return true
    }
}

extension TargetHost: CustomStringConvertible {
    package var description: String {
        switch self {
        case .address(let address): address.description
        case .name(let name): name.description
        case .mac(let mac): mac.description
        case .gateway: "gateway"
        case .suffix(let identifier, let lan):
            "\(identifier)\(lan.map { "@\($0)" } ?? "")"
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension Target: CustomStringConvertible {
    /// The form that `add` and the files read, always with the port.
    package var description: String {
        guard ports != .all else { return host.description }
        return switch host {
        case .address(.v4(let v4)): "\(v4):\(ports)"
        case .address(.v6(let v6)): "[\(v6)]:\(ports)"
        case .name(let name): "\(name):\(ports)"
        case .mac, .suffix: "[\(host)]:\(ports)"
        case .gateway, .unix: host.description
        }
    }
}

/// The addresses that a target has at the moment.
package struct ResolvedTarget: Hashable, Sendable {
    package var v4: IPv4Address?
    package var v6: IPv6Address?

    package init(v4: IPv4Address? = nil, v6: IPv6Address? = nil) {
        self.v4 = v4
        self.v6 = v6
    }

    package init(_ address: IPAddress) {
        self.init(v4: address.v4, v6: address.v6)
    }

    package var addresses: [IPAddress] {
        [v4.map(IPAddress.v4), v6.map(IPAddress.v6)].compactMap(\.self)
    }

    package var isEmpty: Bool { v4 == nil && v6 == nil }
}

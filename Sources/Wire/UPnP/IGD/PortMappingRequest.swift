package import Addressing

/// By what a mapping is told from others.
package struct PortMappingKey: Hashable, Sendable {
    /// Nil for every sender.
    package var remoteHost: IPv4Address?
    package var externalPort: UInt16
    package var transport: TransportProtocol

    package init(
        remoteHost: IPv4Address? = nil, externalPort: UInt16, transport: TransportProtocol
    ) {
        (self.remoteHost, self.externalPort) = (remoteHost, externalPort)
        self.transport = transport
    }
}

/// The mapping that a control point asks for.
package struct PortMappingRequest: Hashable, Sendable {
    /// An external port of 0 leaves the choice to us; only `AddAnyPortMapping` has it.
    package var key: PortMappingKey
    package var internalPort: UInt16
    /// Nil for the one who asks.
    package var internalClient: IPv4Address?
    package var isEnabled: Bool
    /// Without control characters, 64 code points at most.
    package var description: String
    /// In seconds, as it was asked; 0 for no end.
    package var lease: UInt32

    package init(
        _ key: PortMappingKey, to internalClient: IPv4Address?, _ internalPort: UInt16,
        isEnabled: Bool = true, description: String = "", lease: UInt32 = 0
    ) {
        (self.key, self.internalClient, self.internalPort) = (key, internalClient, internalPort)
        (self.isEnabled, self.description, self.lease) = (isEnabled, description, lease)
    }
}

/// A stretch of external ports, as the actions of version 2 name it.
package struct PortMappingRange: Hashable, Sendable {
    package var ports: ClosedRange<UInt16>
    package var transport: TransportProtocol
    /// Whether the mappings of others are meant as well.
    package var includesOthers: Bool

    package init(
        ports: ClosedRange<UInt16>, transport: TransportProtocol, includesOthers: Bool = false
    ) {
        (self.ports, self.transport, self.includesOthers) = (ports, transport, includesOthers)
    }
}

/// A mapping as it is told to control points, and as we ask another router for it.
package struct PortMappingEntry: Hashable, Sendable {
    package var key: PortMappingKey
    package var internalPort: UInt16
    package var internalClient: IPv4Address
    package var isEnabled: Bool
    package var description: String
    /// Seconds that are left; 0 for no end.
    package var lease: UInt32

    package init(
        _ key: PortMappingKey, to internalClient: IPv4Address, _ internalPort: UInt16,
        isEnabled: Bool = true, description: String, lease: UInt32
    ) {
        (self.key, self.internalClient, self.internalPort) = (key, internalClient, internalPort)
        (self.isEnabled, self.description, self.lease) = (isEnabled, description, lease)
    }

    /// In the order of the arguments of `AddPortMapping`.
    var values: [String] {
        [
            key.remoteHost?.description ?? "", "\(key.externalPort)", key.transport.upnpName,
            "\(internalPort)", internalClient.description, UPnPNumber.text(isEnabled), description,
            "\(lease)",
        ]
    }
}

extension TransportProtocol {
    /// The values of `PortMappingProtocol`.
    var upnpName: String { name.uppercased() }

    /// TCP and UDP only.
    init?(upnpName: String) {
        switch upnpName.trimmingBlanks.uppercased() {
        case "TCP": self = .tcp
        case "UDP": self = .udp
        default: return nil
        }
    }
}

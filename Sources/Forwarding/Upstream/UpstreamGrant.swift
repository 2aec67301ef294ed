package import Addressing

/// What tells mappings of one machine at its router apart.
package struct UpstreamKey: Hashable, Sendable {
    package var transport: TransportProtocol
    /// At this machine.
    package var port: UInt16

    package init(_ transport: TransportProtocol, _ port: UInt16) {
        (self.transport, self.port) = (transport, port)
    }
}

/// A port that is wanted of the router in front.
package struct UpstreamWish: Hashable, Sendable {
    package var key: UpstreamKey
    /// At the router; 0 for any.
    package var externalPort: UInt16
    /// In seconds.
    package var lifetime: UInt32
    /// Whether another external port is of no use.
    package var isExact: Bool

    package init(
        _ key: UpstreamKey, externalPort: UInt16, lifetime: UInt32 = 7200, isExact: Bool = false
    ) {
        self.key = key
        self.externalPort = externalPort
        self.lifetime = min(max(lifetime, Self.shortest), Self.longest)
        self.isExact = isExact && externalPort != 0
    }

    /// Less is a storm of renewals, more is cut by most routers.
    package static let shortest: UInt32 = 120
    package static let longest: UInt32 = 86_400
}

/// What the router gave.
package struct UpstreamGrant: Hashable, Sendable {
    package var key: UpstreamKey
    package var dialect: MappingDialect
    /// Nil where the router does not say.
    package var address: IPv4Address?
    package var port: UInt16
    /// In seconds from the answer on; 0 for no end, which must then be given back.
    package var lifetime: UInt32

    package init(
        _ key: UpstreamKey, by dialect: MappingDialect, address: IPv4Address?, port: UInt16,
        lifetime: UInt32
    ) {
        self.key = key
        self.dialect = dialect
        self.address = address
        self.port = port
        self.lifetime = lifetime
    }
}

package import Addressing

/// What a device wants of the table.
package enum LeaseAsk: Hashable, Sendable {
    case grant(LeaseRequest)
    case extend(LeaseExtension)
    case release(LeaseRelease)

    package var asker: LeaseAsker {
        switch self {
        case .grant(let request): request.asker
        case .extend(let wish): wish.asker
        case .release(let release): release.asker
        }
    }
}

/// Who asks, as well as the gateway can know.
package struct LeaseAsker: Hashable, Sendable {
    package var dialect: MappingDialect
    /// Where the request came from.
    package var source: Endpoint
    /// On which interface.
    package var interface: InterfaceName
    /// The hardware address that the neighbour table has for it; filled in by the gateway.
    package var mac: MACAddress?
    /// For whom it is asked; nil for the asker itself.
    package var thirdParty: IPAddress?

    package init(
        _ dialect: MappingDialect, from source: Endpoint, on interface: InterfaceName,
        mac: MACAddress? = nil, for thirdParty: IPAddress? = nil
    ) {
        self.dialect = dialect
        self.source = source
        self.interface = interface
        self.mac = mac
        self.thirdParty = thirdParty
    }

    /// The device that the mapping leads to.
    package var device: IPAddress { thirdParty ?? source.address }
}

/// A mapping that is to be there from now on: a new one, or one that goes on.
package struct LeaseRequest: Hashable, Sendable {
    package var asker: LeaseAsker
    package var transport: TransportProtocol
    /// At the device; more than one for a set of ports (RFC 7753).
    package var ports: PortRange
    /// The external port that is wished for; nil for any.
    package var external: UInt16?
    /// The external address that is wished for; nil for any.
    package var address: IPAddress?
    package var choice: PortChoice
    package var identity: LeaseIdentity
    /// Seconds, more than 0.
    package var lifetime: UInt32
    package var lastsWhilePresent: Bool
    package var nonce: LeaseNonce?
    package var filters: FilterChange
    /// The one remote end that it is for (RFC 6887's PEER).
    package var peer: Endpoint?
    /// Whether it is an IPv6 pinhole that UPnP knows by a number.
    package var isPinhole: Bool
    /// Whether an even port inside shall be an even one outside, and an odd one odd (RFC 7753).
    package var keepsParity: Bool
    package var enabled: Bool
    package var comment: String
    /// Anything: from it ports and numbers are drawn that nobody shall guess.
    package var seed: UInt64
    /// The external port that a flow of the device to the peer has already; filled in by the gateway.
    package var observed: UInt16?
    /// Whether the operator has been asked and has allowed it.
    package var isAllowed: Bool

    package init(
        _ asker: LeaseAsker, _ transport: TransportProtocol, ports: PortRange,
        external: UInt16? = nil, address: IPAddress? = nil, choice: PortChoice = .anyFree,
        identity: LeaseIdentity = .internalPort, lifetime: UInt32, lastsWhilePresent: Bool = false,
        nonce: LeaseNonce? = nil, filters: FilterChange = .add([]), peer: Endpoint? = nil,
        isPinhole: Bool = false, enabled: Bool = true, comment: String = "", seed: UInt64
    ) {
        self.asker = asker
        self.transport = transport
        self.ports = ports
        self.external = external == 0 ? nil : external
        self.address = address
        self.choice = choice
        self.identity = identity
        self.lifetime = lifetime
        self.lastsWhilePresent = lastsWhilePresent
        self.nonce = nonce
        self.filters = filters
        self.peer = peer
        self.isPinhole = isPinhole
        self.enabled = enabled
        self.comment = comment
        self.seed = seed
        keepsParity = false
        observed = nil
        isAllowed = false
    }
}

/// What if the external port that is wished for cannot be had.
package enum PortChoice: Hashable, Sendable {
    /// Another will do.
    case anyFree
    /// No other will do (PREFER_FAILURE, AddPortMapping).
    case exactly
}

/// By what a mapping is found again.
package enum LeaseIdentity: Hashable, Sendable {
    /// The device, the protocol and the port there (PCP, NAT-PMP, pinholes).
    case internalPort
    /// The external port and the protocol (UPnP).
    case externalPort
}

/// What becomes of the list of those who are let in (RFC 6887 section 13.3).
package enum FilterChange: Hashable, Sendable {
    /// These, too; all are let in while there are none.
    case add([RemotePeer])
    /// These and no others.
    case replace([RemotePeer])
}

/// A pinhole that is to be there for longer.
package struct LeaseExtension: Hashable, Sendable {
    package var asker: LeaseAsker
    /// By which UPnP knows it.
    package var pinhole: UInt16
    /// Seconds from now.
    package var lifetime: UInt32

    package init(_ asker: LeaseAsker, pinhole: UInt16, lifetime: UInt32) {
        self.asker = asker
        self.pinhole = pinhole
        self.lifetime = lifetime
    }
}

/// Mappings that are to go.
package struct LeaseRelease: Hashable, Sendable {
    package var asker: LeaseAsker
    package var which: Which
    package var nonce: LeaseNonce?

    package init(_ asker: LeaseAsker, _ which: Which, nonce: LeaseNonce? = nil) {
        self.asker = asker
        self.which = which
        self.nonce = nonce
    }

    package enum Which: Hashable, Sendable {
        /// The one at this port of the device.
        case internalPort(TransportProtocol, UInt16)
        /// All of the device's in one protocol (NAT-PMP).
        case all(TransportProtocol)
        /// Those at external ports (UPnP).
        case external(TransportProtocol, PortRange)
        /// A pinhole by its number (UPnP).
        case pinhole(UInt16)
    }
}

/// What came of it.
package enum LeaseAnswer: Hashable, Sendable {
    case granted(GrantedLease)
    /// What has gone; empty when there was nothing.
    case released([Forward])
    case refused(LeaseDenial)
}

/// A mapping that is in force.
package struct GrantedLease: Hashable, Sendable {
    package var forward: Forward
    /// At which it is reached from outside: the gateway's, or of a pinhole the device's own; nil while
    /// the gateway has none.
    package var address: IPAddress?
    /// Seconds that are left.
    package var lifetime: UInt32
    /// The first port at a router in front, where that has given others than the gateway's own.
    package var frontPort: UInt16?

    package init(
        forward: Forward, address: IPAddress?, lifetime: UInt32, frontPort: UInt16? = nil
    ) {
        self.forward = forward
        self.address = address
        self.lifetime = lifetime
        self.frontPort = frontPort
    }
}

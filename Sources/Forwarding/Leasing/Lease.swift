package import Addressing

/// What a device has of a forward that it asked for itself.
///
/// A forward of a device is like any other; this is what its protocol has to know of it besides.
package struct Lease: Hashable, Sendable {
    /// By which protocol it was asked for.
    package var dialect: MappingDialect
    /// Who it is for: one address inside.
    package var device: IPAddress
    /// The device's hardware address when it asked; nil when it was not known.
    package var mac: MACAddress?
    /// Who asked, where that is another than the device (PCP's THIRD_PARTY).
    package var manager: IPAddress?
    /// By which the device shows that it is the one (RFC 6887 section 11.1): that of the first request,
    /// and what an earlier version has kept of later ones.
    package var nonces: [LeaseNonce]
    /// Whether it is there for the device's own flows to certain peers (RFC 6887 section 12).
    package var isForPeers: Bool
    /// Whether what the device sends from the internal port leaves from the external one, whoever it is
    /// sent to (RFC 6886 section 3.9).
    package var isBidirectional: Bool
    /// The port that the last request came from, for answers that nobody asked for.
    package var askedFrom: UInt16
    /// By which a pinhole is known in UPnP; nil for all others.
    package var pinhole: UInt16?
    /// Whether the device cannot know that it must ask again (a lease of UPnP without an end): it goes on
    /// while the device is there.
    package var lastsWhilePresent: Bool

    package init(
        dialect: MappingDialect, device: IPAddress, mac: MACAddress? = nil,
        manager: IPAddress? = nil, nonces: [LeaseNonce] = [], isForPeers: Bool = false,
        isBidirectional: Bool = false, askedFrom: UInt16 = 0, pinhole: UInt16? = nil,
        lastsWhilePresent: Bool = false
    ) {
        self.dialect = dialect
        self.device = device
        self.mac = mac
        self.manager = manager
        self.nonces = nonces
        self.isForPeers = isForPeers
        self.isBidirectional = isBidirectional
        self.askedFrom = askedFrom
        self.pinhole = pinhole
        self.lastsWhilePresent = lastsWhilePresent
    }

    /// How many nonces of one device can be stored.
    package static let mostNonces = 4
}

/// A protocol by which devices ask for ports.
package enum MappingDialect: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case pcp
    case natPMP = "nat-pmp"
    case upnp
}

/// Ninety-six bits by chance that only the device knows (RFC 6887 section 11.2).
///
/// It never shows itself: whoever reads it may change the mapping.
package struct LeaseNonce: Hashable, Sendable, BitwiseCopyable {
    package let high: UInt64
    package let low: UInt32

    package init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low
    }
}

extension LeaseNonce: CustomStringConvertible {
    package var description: String { "nonce" }
}

extension Forward {
    /// The port outside that belongs to one inside.
    package func externalPort(towards port: UInt16) -> UInt16 {
        guard target.ports.contains(port), external.ports.count == target.ports.count else {
            return external.ports.first
        }
        return external.ports.first + (port - target.ports.first)
    }
}

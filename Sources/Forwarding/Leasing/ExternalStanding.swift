package import Addressing

/// All mappings of devices at a moment.
package struct LeaseBook: Hashable, Sendable {
    package var forwards: [Forward]
    package var now: Timestamp

    package init(forwards: [Forward], now: Timestamp) {
        self.forwards = forwards
        self.now = now
    }
}

/// How the gateway stands to the outside.
package struct ExternalStanding: Hashable, Sendable {
    /// The WAN by which devices' traffic leaves.
    ///
    /// Mappings are open at the others, too.
    package var wan: InterfaceName?
    package var v4: IPv4Address?
    package var v6: IPv6Address?
    /// Since when the mappings and the external address are what the devices know: the epoch of PCP and
    /// NAT-PMP begins there (RFC 6887 section 8.5).
    package var since: Timestamp
    package var now: Timestamp
    /// Since when the WAN has an address.
    package var connected: Timestamp
    /// Whether IPv6 from outside needs a pinhole.
    package var guarded: Bool
    package var network: NetworkView

    package init(
        wan: InterfaceName?, v4: IPv4Address?, v6: IPv6Address?, since: Timestamp,
        now: Timestamp, connected: Timestamp, guarded: Bool, network: NetworkView
    ) {
        self.wan = wan
        self.v4 = v4
        self.v6 = v6
        self.since = since
        self.now = now
        self.connected = connected
        self.guarded = guarded
        self.network = network
    }
}

/// Something that devices have to be told.
package enum LeaseEvent: Hashable, Sendable {
    /// The external address is another, or the mappings were lost: epochs begin anew.
    case addressChanged
    /// A mapping has gone, or is another, without the device having asked for it.
    case changed(Forward, isGone: Bool)
    /// The mappings are others than before, whoever changed them.
    case bookChanged
    /// The machine's interfaces or addresses inside are others.
    case networkChanged
}

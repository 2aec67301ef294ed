/// How much may go through a forward; nil is no bound.
///
/// Connections are flows of any protocol. A source is an IPv4 address, or the /64 of an IPv6 one:
/// every home has that many addresses at hand.
package struct Limits: Hashable, Sendable, BitwiseCopyable {
    /// At a time, in all.
    package var connections: UInt32?
    /// At a time, for each source.
    package var connectionsPerSource: UInt32?
    /// New ones, in all.
    package var rate: ConnectionRate?
    /// New ones, for each source.
    package var ratePerSource: ConnectionRate?
    /// Bytes in a calendar month of the gateway's zone, both directions together.
    package var monthly: UInt64?
    /// Bits in a second, for each direction.
    package var bandwidth: UInt64?

    package init(
        connections: UInt32? = nil, connectionsPerSource: UInt32? = nil,
        rate: ConnectionRate? = nil, ratePerSource: ConnectionRate? = nil, monthly: UInt64? = nil,
        bandwidth: UInt64? = nil
    ) {
        self.connections = connections
        self.connectionsPerSource = connectionsPerSource
        self.rate = rate
        self.ratePerSource = ratePerSource
        self.monthly = monthly
        self.bandwidth = bandwidth
    }

    package static let none = Limits()

    /// Whether a new flow has to be looked at.
    package var boundsNewFlows: Bool {
        connections != nil || connectionsPerSource != nil || rate != nil || ratePerSource != nil
    }

    /// Whether every packet has to be looked at.
    package var boundsPackets: Bool { monthly != nil || bandwidth != nil }
}

/// So many new connections in a stretch of time; as many may come at once after a silence.
package struct ConnectionRate: Hashable, Sendable, BitwiseCopyable {
    package var count: UInt32
    package var per: Unit

    package init(_ count: UInt32, per: Unit) {
        self.count = count
        self.per = per
    }

    /// In seconds.
    package enum Unit: UInt64, Hashable, Sendable, CaseIterable, BitwiseCopyable {
        case second = 1
        case minute = 60
        case hour = 3600
    }
}

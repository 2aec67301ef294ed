package import Addressing

/// What is around the requests of devices: what they may have, and what was theirs a moment ago.
package struct Leasing: Hashable, Sendable {
    package var policy: LeasePolicy
    /// External ports that were given back lately.
    package var resting: [PortInTransport: RestingPort]

    package init(
        policy: LeasePolicy = .standard, resting: [PortInTransport: RestingPort] = [:]
    ) {
        self.policy = policy
        self.resting = resting
    }

    /// Seconds for which a port that was given back is kept from other devices, so that late packets
    /// do not meet a stranger (RFC 6888 REQ-8).
    package static let rest: Int64 = 120
}

package struct PortInTransport: Hashable, Sendable {
    package var transport: TransportProtocol
    package var port: UInt16

    package init(_ transport: TransportProtocol, _ port: UInt16) {
        self.transport = transport
        self.port = port
    }
}

/// Whose a port was, and until when it rests.
package struct RestingPort: Hashable, Sendable {
    package var device: IPAddress
    package var until: Timestamp

    package init(device: IPAddress, until: Timestamp) {
        self.device = device
        self.until = until
    }
}

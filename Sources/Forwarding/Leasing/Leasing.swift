package import Addressing

/// What is around the requests of devices: what they may have, and what was theirs a moment ago.
package struct Leasing: Hashable, Sendable {
    package var policy: LeasePolicy
    /// External ports that were given back lately.
    package var resting: RestingPorts

    package init(
        policy: LeasePolicy = .standard, resting: RestingPorts = RestingPorts()
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

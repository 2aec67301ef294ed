package import Addressing
package import Forwarding

/// Where the protocols of devices bring what they are asked, and learn what they have to tell.
package protocol LeaseDesk: Sendable {
    /// Decides requests in their order and puts all that comes of them in force in one step.
    ///
    /// - Returns: an answer for each, in the same order; what was granted is in force.
    func answer(_ asks: [LeaseAsk]) async -> [LeaseAnswer]

    /// The mappings that devices have, in the order in which they came.
    func leases() async -> LeaseBook

    /// The same at the ports that devices of PCP are told: where a router in front has given others, those.
    func leasesAsTold() async -> LeaseBook

    /// The forwards, whoever made them, that are asked at an external IPv4 address and a port.
    func forwards(on port: UInt16, _ transport: TransportProtocol) async -> [Forward]

    /// The packets that a mapping has carried, both ways.
    func packets(of forward: ForwardID) async -> UInt64

    /// What there is outside at the moment.
    func standing() async -> ExternalStanding

    /// What devices have to be told without having asked; for one listener.
    func leaseEvents() async -> AsyncStream<LeaseEvent>
}

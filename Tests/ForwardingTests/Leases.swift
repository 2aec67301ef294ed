import Addressing
import Forwarding
import TestKit

/// Devices of the lab that ask for ports.
struct Devices {
    var table = ForwardingTable()
    var policy = LeasePolicy.standard
    var resting = RestingPorts()
    var listeners: [Listener] = []
    var network = Sample.network
    var now = Sample.now

    var surroundings: Surroundings {
        var surroundings = Sample.surroundings
        surroundings.leasing = Leasing(policy: policy, resting: resting)
        surroundings.network = network
        surroundings.listeners = listeners
        return surroundings
    }

    static func asker(
        _ dialect: MappingDialect = .pcp, _ source: String = "192.168.7.10", on lan: String = "br0",
        mac: String? = "02:00:00:00:00:10", for thirdParty: String? = nil
    ) -> LeaseAsker {
        LeaseAsker(
            dialect, from: Sample.endpoint(source, 40_000), on: Sample.interface(lan),
            mac: mac.flatMap { MACAddress($0) }, for: thirdParty.map(Sample.address))
    }

    static func request(
        _ asker: LeaseAsker = asker(), _ transport: TransportProtocol = .udp,
        _ ports: PortRange = Sample.ports(51_413), external: UInt16? = nil,
        choice: PortChoice = .anyFree, identity: LeaseIdentity = .internalPort,
        lifetime: UInt32 = 3600, nonce: UInt32? = 1, filters: FilterChange = .add([]),
        peer: Endpoint? = nil, isPinhole: Bool = false
    ) -> LeaseRequest {
        let nonce = asker.dialect == .pcp ? nonce : nil
        return LeaseRequest(
            asker, transport, ports: ports, external: external, choice: choice,
            identity: identity, lifetime: lifetime, nonce: nonce.map(Self.nonce),
            filters: filters, peer: peer, isPinhole: isPinhole, seed: 7)
    }

    static func nonce(_ number: UInt32) -> LeaseNonce { LeaseNonce(high: 0, low: number) }

    /// Decides, and takes what comes of it into the table.
    @discardableResult
    mutating func ask(_ ask: LeaseAsk) -> LeaseOutcome {
        let outcome = decide(ask, table: table, surroundings: surroundings, now: now)
        table.apply(outcome.changes)
        return outcome
    }

    @discardableResult
    mutating func ask(_ request: LeaseRequest) -> LeaseOutcome { ask(.grant(request)) }
}

extension LeaseOutcome {
    var granted: Forward? {
        guard case .granted(let forward, _) = self else { return nil }
        return forward
    }

    var denial: LeaseDenial? {
        switch self {
        case .refused(let denial): denial
        case .released(_, let denial): denial
        case .granted: nil
        }
    }

    var externalPort: UInt16? { granted?.external.ports.first }
}

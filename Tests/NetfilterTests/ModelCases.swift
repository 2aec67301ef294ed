import Addressing
import Forwarding
import TestKit

/// Random forwards and packets on few ports, so that they meet often.
struct ModelCases {
    var gen: Gen
    private var count = 0
    /// The ports that the next packets are sent from.
    private var ahead: ClosedRange<Int> = 1...1

    init(_ seed: Seed) { gen = Gen(seed) }

    static let dualHost = TargetHost.name(
        HostName("dual.lan") ?? { preconditionFailure("no name") }())

    static let surroundings = Surroundings(
        network: Sample.network,
        resolved: [
            dualHost: ResolvedTarget(
                v4: Sample.address("192.168.7.20").v4, v6: Sample.address("2001:db8:7::20").v6)
        ])

    static let ports: ClosedRange<Int> = 1000...1024

    // Forwards.

    /// Another table: some forwards less, some more, each as the rules of the house allow.
    ///
    /// - Parameter ports: from which the packets will be sent, each from another.
    mutating func changed(
        _ table: ForwardingTable, before ports: ClosedRange<Int>
    ) -> ForwardingTable {
        var table = table
        ahead = ports
        for forward in table.sorted where gen.oneIn(3) { table.remove(forward.id) }
        for _ in 0..<gen.int(4...12) {
            let outcome = decide(
                .add([draft()]), by: Requester(name: "test", origin: .operator), table: table,
                surroundings: Self.surroundings, now: Sample.now)
            if case .accepted(let changes, _) = outcome { table.apply(changes) }
        }
        return table
    }

    private mutating func draft() -> ForwardDraft {
        count += 1
        let target = gen.pick(
            [
                "192.168.7.10", "192.168.7.20", "192.168.7.77", "192.168.9.30", "203.0.113.9",
                "2001:db8:7::10", "2001:db8:7::20", "2001:db8:9::30",
            ].map { TargetHost.address(Sample.address($0)) } + [Self.dualHost, Self.dualHost])
        let ports = range()
        let targetPorts = gen.oneIn(2) ? ports : ports.moved(to: UInt16(gen.int(500...2000)))
        let draft = ForwardDraft(
            name: Sample.name("f\(count)"),
            transports: gen.pick([.tcp, .udp, .tcpAndUDP, .sctp]),
            external: ExternalSide(ports: ports, scope: scope()),
            target: Target(host: target, ports: targetPorts ?? ports),
            sources: SourcePolicy(
                allowed: gen.oneIn(3) ? prefixes() : [], denied: gen.oneIn(4) ? prefixes() : [],
                peers: gen.oneIn(3) ? peers() : []),
            hairpin: !gen.oneIn(4), sourceAddress: gen.oneIn(5) ? .rewritten : .kept,
            translatesIPv6: gen.oneIn(2), ends: gen.oneIn(5) ? .after(3600) : .never,
            schedule: gen.oneIn(5) ? gen.weeklySchedule() : nil,
            closing: gen.oneIn(2) ? .keep : .end, limits: wideLimits(), enabled: !gen.oneIn(10))
        return special(draft)
    }

    /// Bounds that a test's packets never reach: what is open must stay so.
    private mutating func wideLimits() -> Limits {
        guard gen.oneIn(3) else { return .none }
        let rate = ConnectionRate(100_000, per: .second)
        return Limits(
            connections: gen.oneIn(2) ? 100_000 : nil,
            connectionsPerSource: gen.oneIn(2) ? 100_000 : nil, rate: gen.oneIn(2) ? rate : nil,
            ratePerSource: gen.oneIn(2) ? rate : nil,
            monthly: gen.oneIn(2) ? 1_000_000_000 : nil,
            bandwidth: gen.oneIn(2) ? 1_000_000_000 : nil)
    }

    private mutating func special(_ draft: ForwardDraft) -> ForwardDraft {
        var draft = draft
        if gen.oneIn(8) {
            draft.transports = .everything
            draft.external.ports = .all
            draft.target.ports = .all
        } else if gen.oneIn(8) {
            draft.target = Target(host: .gateway, ports: draft.external.ports)
            (draft.sources, draft.hairpin, draft.sourceAddress) = (.anywhere, true, .kept)
            (draft.translatesIPv6, draft.schedule, draft.limits) = (false, nil, .none)
        }
        return draft
    }

    private mutating func range() -> PortRange {
        let first = gen.int(Self.ports)
        let width = gen.oneIn(2) ? 0 : gen.int(1...5)
        return Sample.ports(UInt16(first), UInt16(first + width))
    }

    private mutating func scope() -> ExternalSide.Scope {
        switch gen.int(0...9) {
        case 0: .interface(Sample.interface("wan0"))
        case 1: .interface(Sample.interface("wan1"))
        case 2...4:
            .address(
                Sample.address(
                    gen.pick([
                        "203.0.113.5", "192.0.2.5", "2001:db8:ff::5", "203.0.113.200",
                        "192.168.7.1",
                    ])))
        default: .everyWAN
        }
    }

    /// Half of the ports of the packets to come.
    private mutating func peers() -> [RemotePeer] {
        ahead.filter { _ in gen.oneIn(2) }.flatMap { port in
            prefixes().map { RemotePeer($0, port: UInt16(port)) }
        }
    }

    private mutating func prefixes() -> [Prefix] {
        (0...gen.int(0...3)).map { _ in
            Sample.prefix(
                gen.pick([
                    "203.0.113.9", "203.0.113.8/31", "203.0.113.0/29", "198.51.100.0/24",
                    "192.0.2.0/24", "192.168.0.0/16", "192.168.9.30", "128.0.0.0/1",
                    "2001:db8:ff::9", "2001:db8:51::/48", "2001:db8:7::/64", "2001:db8::/32",
                ]))
        }
    }

    // Packets.

    /// Who sends from where to where.
    ///
    /// A packet that would not pass the gateway is not among them.
    private struct Way {
        var host: String
        var sources: [String]
        var destinations: [String]
    }

    private static let ways = [
        Way(
            host: "internet", sources: ["203.0.113.9", "198.51.100.7", "192.0.2.9"],
            destinations: [
                "203.0.113.5", "203.0.113.5", "192.0.2.5", "192.168.7.1", "192.168.7.10",
                "192.168.7.20", "192.168.9.30",
            ]),
        Way(
            host: "internet", sources: ["2001:db8:ff::9", "2001:db8:51::7"],
            destinations: [
                "2001:db8:ff::5", "2001:db8:7::1", "2001:db8:7::10", "2001:db8:7::20",
                "2001:db8:9::30",
            ]),
        Way(
            host: "lan1", sources: ["192.168.7.10"],
            destinations: [
                "203.0.113.5", "192.0.2.5", "192.168.7.1", "192.168.9.30", "203.0.113.200",
            ]),
        Way(
            host: "lan2", sources: ["2001:db8:7::20"],
            destinations: ["2001:db8:ff::5", "2001:db8:7::1", "2001:db8:9::30"]),
        Way(
            host: "guest", sources: ["192.168.9.30"],
            destinations: ["203.0.113.5", "192.0.2.5", "192.168.9.1", "192.168.7.20"]),
        Way(
            host: "guest", sources: ["2001:db8:9::30"],
            destinations: ["2001:db8:ff::5", "2001:db8:7::10"]),
        Way(
            host: "gateway", sources: ["203.0.113.5", "192.0.2.5", "192.168.7.1", "192.168.9.1"],
            destinations: ["203.0.113.5", "192.0.2.5", "192.168.7.1", "192.168.7.10"]),
        Way(
            host: "gateway", sources: ["2001:db8:ff::5", "2001:db8:7::1"],
            destinations: ["2001:db8:ff::5", "2001:db8:7::1", "2001:db8:7::10"]),
    ]

    /// The way over which the internet host reaches an address, and where each of the others is.
    private static func arrival(at destination: IPAddress, from host: String) -> Packet.Arrival {
        let name =
            switch host {
            case "gateway": nil as String?
            case "lan1", "lan2": "br0"
            case "guest": "guest0"
            default:
                ["192.0.2.5", "192.168.9.30"].contains(destination.description) ? "wan1" : "wan0"
            }
        return name.map { .interface(Sample.interface($0)) } ?? .gateway
    }

    mutating func packet(sourcePort: UInt16) -> (host: String, packet: Packet) {
        let way = gen.pick(Self.ways)
        let destination = Sample.address(gen.pick(way.destinations))
        let port = UInt16(gen.int((Self.ports.lowerBound - 1)...(Self.ports.upperBound + 1)))
        let packet = Packet(
            gen.oneIn(2) ? .tcp : .udp, from: Sample.endpoint(gen.pick(way.sources), sourcePort),
            to: Endpoint(destination, port),
            arrival: Self.arrival(at: destination, from: way.host))
        return (way.host, packet)
    }
}

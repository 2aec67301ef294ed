import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `The way in` {
    static let both: [TransportProtocol] = [.tcp, .udp]

    @Test(arguments: both)
    func `an IPv4 forward keeps the client's address and brings the answer back`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, targetPorts: Sample.ports(443)), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 443)
            let visit = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("203.0.113.5", 8443))
            #expect(visit == .answered(seenAs: "203.0.113.9"))
            let elsewhere = try await server.visit(
                transport, from: lab.internet, source: Sample.endpoint("198.51.100.7", 0),
                to: Sample.endpoint("203.0.113.5", 8443))
            #expect(elsewhere == .answered(seenAs: "198.51.100.7"))
            #expect(try engine.traffic(of: 1).flows == 2)
        }
    }

    @Test(arguments: both)
    func `an IPv6 pinhole lets through to the device itself`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, to: "2001:db8:7::10"), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let visit = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("2001:db8:7::10", 8443))
            #expect(visit == .answered(seenAs: "2001:db8:ff::9"))
            let other = Sample.endpoint("2001:db8:7::20", 8443)
            #expect(try await lab.internet.knock(transport, at: other) == .silence)
            #expect(try engine.traffic(of: 1).flows == 1)
        }
    }

    @Test(arguments: both)
    func `an IPv6 forward with nat6 translates address and port`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "web", .tcpAndUDP, to: "2001:db8:7::10", targetPorts: Sample.ports(443),
                    nat6: true), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 443)
            let visit = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("2001:db8:ff::5", 8443))
            #expect(visit == .answered(seenAs: "2001:db8:ff::9"))
            // No pinhole comes with it.
            let direct = Sample.endpoint("2001:db8:7::10", 443)
            #expect(try await lab.internet.knock(transport, at: direct) == .silence)
            #expect(try engine.traffic(of: 1).flows == 1)
        }
    }

    struct RangeCase: CustomTestStringConvertible {
        var transport: TransportProtocol
        var target: String
        var external: String
        var targetFirst: UInt16
        var nat6 = false

        var testDescription: String { "\(transport.name) to \(target) from \(targetFirst)" }
    }

    static let ranges: [RangeCase] = both.flatMap { transport in
        [
            RangeCase(
                transport: transport, target: "192.168.7.10", external: "203.0.113.5",
                targetFirst: 30000),
            RangeCase(
                transport: transport, target: "192.168.7.10", external: "203.0.113.5",
                targetFirst: 40007),
            RangeCase(
                transport: transport, target: "2001:db8:7::10", external: "2001:db8:7::10",
                targetFirst: 30000),
            RangeCase(
                transport: transport, target: "2001:db8:7::10", external: "2001:db8:ff::5",
                targetFirst: 30000, nat6: true),
            RangeCase(
                transport: transport, target: "2001:db8:7::10", external: "2001:db8:ff::5",
                targetFirst: 40007, nat6: true),
        ]
    }

    @Test(arguments: ranges)
    func `every port of a range lands on its own target port`(range: RangeCase) async throws {
        let ports = Sample.ports(30000, 30004)
        let targetPorts = try #require(ports.moved(to: range.targetFirst))
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "range", .tcpAndUDP, ports, to: range.target, targetPorts: targetPorts,
                    nat6: range.nat6), on: lab)
            for (port, targetPort) in zip(ports.ports, targetPorts.ports) {
                let server = try await Wire.listening(range.transport, on: lab.lan1, targetPort)
                let visit = try await server.visit(
                    range.transport, from: lab.internet,
                    to: Sample.endpoint(range.external, port))
                #expect(visit?.isAnswered == true, "\(port) to \(targetPort)")
            }
            for port in [ports.first - 1, ports.last + 1] {
                let beside = Sample.endpoint(range.external, port)
                #expect(
                    try await lab.internet.knock(range.transport, at: beside) == .silence,
                    "\(port) is beside the range")
            }
            #expect(try engine.traffic(of: 1).flows == 5)
        }
    }

    @Test(arguments: both)
    func `rewrite shows the gateway's inner address to the target`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("old", .tcpAndUDP, sourceAddress: .rewritten),
                Sample.draft(
                    "old6", .tcpAndUDP, to: "2001:db8:7::10", sourceAddress: .rewritten), on: lab)
            // Its answers to the internet would go nowhere.
            try lab.lan1.shell("ip route del default; ip -6 route del default")
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let visit = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("203.0.113.5", 8443))
            #expect(visit == .answered(seenAs: "192.168.7.1"))
            let visit6 = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("2001:db8:7::10", 8443))
            #expect(visit6 == .answered(seenAs: "2001:db8:7::1"))
            #expect(try engine.engine.installed().count == 2)
        }
    }

    @Test(arguments: both)
    func `one forward counts what it carries in both directions and nothing else`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("one", .tcpAndUDP, Sample.ports(1000)),
                Sample.draft("two", .tcpAndUDP, Sample.ports(1001)), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 1000)
            for _ in 0..<3 {
                _ = try await server.visit(
                    transport, from: lab.internet, to: Sample.endpoint("203.0.113.5", 1000))
            }
            let traffic = try engine.traffic(of: 1)
            #expect(traffic.flows == 3)
            #expect(traffic.denied == 0)
            if transport == .udp {
                // 3 and 4 bytes behind headers of 28.
                #expect(traffic.inbound == Volume(packets: 3, bytes: 93))
                #expect(traffic.outbound == Volume(packets: 3, bytes: 96))
            } else {
                #expect(traffic.inbound.packets >= 6)
                #expect(traffic.outbound.packets >= 6)
            }
            #expect(try engine.traffic(of: 2) == Traffic())
        }
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Peers of a device` {
    private static let v4 = "203.0.113.9"
    private static let v6 = "2001:db8:ff::9"

    private static func policy(_ ports: UInt16..., allow: [String] = []) -> SourcePolicy {
        SourcePolicy(
            allowed: allow.map(Sample.prefix),
            peers: ports.flatMap { [Sample.peer(v4, $0), Sample.peer(v6, $0)] })
    }

    @Test(arguments: [TransportProtocol.tcp, .udp])
    func `come in from their port, and from no other`(transport: TransportProtocol) async throws {
        try await Lab.with { lab in
            let sources = Self.policy(5060, allow: ["198.51.100.7", "2001:db8:51::7"])
            let engine = try await LabEngine.carrying(
                Sample.draft("voice", .tcpAndUDP, sources: sources),
                Sample.draft("pin", .tcpAndUDP, to: "2001:db8:7::10", sources: sources), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let ways =
                [
                    (1, Self.v4, "198.51.100.7", "203.0.113.5"),
                    (2, Self.v6, "2001:db8:51::7", "2001:db8:7::10"),
                ] as [(UInt16, String, String, String)]
            for (number, peer, listed, external) in ways {
                let asked = Sample.endpoint(external, 8443)
                for port in [5059, 5061] as [UInt16] {
                    let knock = try await lab.internet.knock(
                        transport, from: Sample.endpoint(peer, port), at: asked)
                    #expect(knock == .silence, "\(peer) \(port)")
                }
                // The port belongs to the peer's address: nobody else comes in by it.
                #expect(try engine.traffic(of: number).denied >= 2)
                for source in [Sample.endpoint(peer, 5060), Sample.endpoint(listed, 5061)] {
                    let visit = try await server.visit(
                        transport, from: lab.internet, source: source, to: asked)
                    #expect(visit == .answered(seenAs: "\(source.address)"), "\(source)")
                }
                #expect(try engine.traffic(of: number).flows == 2)
            }
        }
    }

    @Test func `do not lend their port to others, nor keep those inside out`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("voice", .udp, sources: Self.policy(5060)), on: lab)
            let asked = Sample.endpoint("203.0.113.5", 8443)
            let stranger = Sample.endpoint("198.51.100.7", 5060)
            #expect(try await lab.internet.knock(.udp, from: stranger, at: asked) == .silence)
            #expect(try engine.traffic(of: 1).denied == 1)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let visit = try await server.visit(.udp, from: lab.guest, to: asked)
            #expect(visit == .answered(seenAs: "192.168.9.30"))
        }
    }

    @Test func `that are no longer named lose their flows, and the others keep theirs`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("voice", .udp, sources: Self.policy(5060, 5061)),
                Sample.draft("pin", .udp, to: "2001:db8:7::10", sources: Self.policy(5060, 5061)),
                on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            var callers: [Caller] = []
            for (peer, external) in [(Self.v4, "203.0.113.5"), (Self.v6, "2001:db8:7::10")] {
                for port in [5060, 5061] as [UInt16] {
                    let caller = try await Caller.on(
                        lab.internet, from: peer, port: port, to: external, 8443)
                    #expect(try caller.reaches(server))
                    callers.append(caller)
                }
            }
            let report = try engine.put([
                (1, Sample.draft("voice", .udp, sources: Self.policy(5061, 5062))),
                (
                    2,
                    Sample.draft(
                        "pin", .udp, to: "2001:db8:7::10", sources: Self.policy(5061, 5062))
                ),
            ])
            #expect(report.flowsEnded == 2)
            #expect(
                try callers.map { try $0.reaches(server, within: 200) } == [
                    false, true, false, true,
                ])
            // Whoever is let in at last takes no flow from anybody.
            let open = try engine.put(1, Sample.draft("voice", .udp))
            #expect(open.flowsEnded == 0)
            #expect(try callers[0].reaches(server))
        }
    }
}

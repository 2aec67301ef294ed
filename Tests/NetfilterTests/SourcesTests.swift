import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Who may use a forward` {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var policy: SourcePolicy
        /// Whether 203.0.113.9 and 2001:db8:ff::9 get in.
        var near: Bool
        /// Whether 198.51.100.7 and 2001:db8:51::7 do.
        var far: Bool
    }

    private static func policy(allow: [String] = [], deny: [String] = []) -> SourcePolicy {
        SourcePolicy(allowed: allow.map(Sample.prefix), denied: deny.map(Sample.prefix))
    }

    static let cases = [
        Case(
            testDescription: "allowed by prefix",
            policy: policy(allow: ["203.0.113.0/24", "2001:db8:ff::/64"]), near: true, far: false),
        Case(
            testDescription: "allowed by address",
            policy: policy(allow: ["198.51.100.7", "2001:db8:51::7"]), near: false, far: true),
        Case(
            testDescription: "everybody but some",
            policy: policy(deny: ["198.51.100.0/25", "2001:db8:51::/48"]), near: true, far: false),
        Case(
            testDescription: "denied wins over allowed",
            policy: policy(
                allow: ["0.0.0.0/0", "::/0"], deny: ["203.0.113.9", "2001:db8:ff::9"]),
            near: false, far: true),
        Case(
            testDescription: "blocks that touch",
            policy: policy(
                allow: [
                    "203.0.113.8/31", "203.0.113.10/31", "2001:db8:ff::8/127",
                    "2001:db8:ff::a/127",
                ]), near: true, far: false),
        Case(
            testDescription: "the block before and the block behind",
            policy: policy(
                allow: [
                    "203.0.113.8/32", "203.0.113.10/31", "2001:db8:ff::8/128",
                    "2001:db8:ff::a/127", "198.51.100.0/24", "2001:db8:51::/64",
                ]), near: false, far: true),
        Case(
            testDescription: "up to the last address",
            policy: policy(allow: ["128.0.0.0/1", "2000::/3", "ff00::/8", "255.255.255.255"]),
            near: true, far: true),
    ]

    @Test(arguments: [TransportProtocol.tcp, .udp], cases)
    func `allow-lists and deny-lists hold for both families and are counted`(
        transport: TransportProtocol, sources: Case
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, sources: sources.policy),
                Sample.draft("pin", .tcpAndUDP, to: "2001:db8:7::10", sources: sources.policy),
                on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let ways =
                [
                    (1, "203.0.113.9", "203.0.113.5", sources.near),
                    (1, "198.51.100.7", "203.0.113.5", sources.far),
                    (2, "2001:db8:ff::9", "2001:db8:7::10", sources.near),
                    (2, "2001:db8:51::7", "2001:db8:7::10", sources.far),
                ] as [(UInt16, String, String, Bool)]
            for (number, client, external, isAllowed) in ways {
                let (source, asked) = (
                    Sample.endpoint(client, 0), Sample.endpoint(external, 8443)
                )
                let before = try engine.traffic(of: number).denied
                guard isAllowed else {
                    let knock = try await lab.internet.knock(transport, from: source, at: asked)
                    #expect(knock == .silence, "\(client)")
                    #expect(try engine.traffic(of: number).denied > before, "\(client)")
                    continue
                }
                let visit = try await server.visit(
                    transport, from: lab.internet, source: source, to: asked)
                #expect(visit == .answered(seenAs: client), "\(client)")
                #expect(try engine.traffic(of: number).denied == before, "\(client)")
            }
        }
    }

    @Test func `a deny-list holds inside as well`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .udp, sources: Self.policy(deny: ["192.168.9.0/24"])), on: lab)
            let external = Sample.endpoint("203.0.113.5", 8443)
            #expect(try await lab.guest.knock(.udp, at: external) == .silence)
            #expect(try engine.traffic(of: 1).denied == 1)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let visit = try await server.visit(.udp, from: lab.lan2, to: external)
            #expect(visit == .answered(seenAs: "203.0.113.5"))
        }
    }

    @Test func `a refused source does not reach the gateway's own port either`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .udp, sources: Self.policy(allow: ["198.51.100.7"])), on: lab)
            let own = try await Wire.listening(.udp, on: lab.gateway, 8443)
            let external = Sample.endpoint("203.0.113.5", 8443)
            #expect(try await lab.internet.knock(.udp, at: external) == .silence)
            #expect(try own.receive(within: 0) == nil)
            #expect(try engine.traffic(of: 1).denied == 1)
        }
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Flows after a change` {
    static let wan = "203.0.113.5"
    static let me = "203.0.113.9"

    @Test func `a UDP flow with a fixed port moves to the new target within a second`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let first = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let second = try await Wire.listening(.udp, on: lab.lan2, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            #expect(try caller.reaches(first))
            let clock = ContinuousClock()
            let start = clock.now
            let report = try engine.put(1, Sample.draft("voice", .udp, to: "192.168.7.20"))
            #expect(report.flowsEnded == 1)
            #expect(try caller.reaches(second))
            #expect(clock.now - start < .seconds(1))
            #expect(try first.receive(within: 0) == nil)
        }
    }

    @Test(arguments: [Sample.ports(9000), Sample.ports(8999, 9001)])
    func `a UDP flow that began before the forward is picked up`(ports: PortRange) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 9000)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 9000)
            #expect(try !caller.reaches(server, within: 50))
            #expect(try await lab.gateway.flowNumber(from: caller.source) != nil)
            let report = try engine.put(2, Sample.draft("late", .udp, ports))
            #expect(report.flowsEnded == 1)
            #expect(try caller.reaches(server))
        }
    }

    @Test func `a UDP flow that began before the gateway ran is picked up`() async throws {
        try await Lab.with { lab in
            // Somebody else's firewall has the kernel track flows.
            try lab.gateway.shell(
                """
                nft 'add table ip other; add chain ip other c { type filter hook input priority 0; }
                add rule ip other c ct state new counter'
                """)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            #expect(try !caller.reaches(server, within: 50))
            #expect(try await lab.gateway.flowNumber(from: caller.source) != nil)
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            #expect(try caller.reaches(server))
            #expect(try engine.traffic(of: 1).flows == 1)
        }
    }

    @Test func `flows of other forwards stay, also when they share the internal port`()
        async throws
    {
        try await Lab.with { lab in
            func to500(_ name: String, _ port: UInt16, _ target: String) -> ForwardDraft {
                Sample.draft(
                    name, .udp, Sample.ports(port), to: target, targetPorts: Sample.ports(500))
            }
            let engine = try await LabEngine.carrying(
                to500("one", 1000, "192.168.7.10"), to500("two", 1001, "192.168.7.10"), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 500)
            let other = try await Wire.listening(.udp, on: lab.lan2, 500)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 1000)
            let bystander = try await Caller.on(
                lab.internet, from: Self.me, port: 40001, to: Self.wan, 1001)
            #expect(try caller.reaches(server))
            #expect(try bystander.reaches(server))
            let number = try await lab.gateway.flowNumber(from: bystander.source)
            #expect(try engine.put(1, to500("one", 1000, "192.168.7.20")).flowsEnded == 1)
            #expect(try caller.reaches(other))
            #expect(try engine.put(1, nil).flowsEnded == 1)
            #expect(try bystander.reaches(server))
            #expect(try await lab.gateway.flowNumber(from: bystander.source) == number)
            #expect(try engine.engine.settle().flowsEnded == 0)
        }
    }

    @Test(arguments: [
        SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")]),
        SourcePolicy(denied: [Sample.prefix("203.0.113.9")]),
    ])
    func `narrowing who may ends only the flows of those who may no more`(
        sources: SourcePolicy
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let near = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            let far = try await Caller.on(
                lab.internet, from: "198.51.100.7", port: 40000, to: Self.wan, 8443)
            let inside = try await Caller.on(
                lab.guest, from: "192.168.9.30", port: 40000, to: Self.wan, 8443)
            for caller in [near, far, inside] { #expect(try caller.reaches(server)) }
            let number = try await lab.gateway.flowNumber(from: far.source)
            let report = try engine.put(1, Sample.draft("voice", .udp, sources: sources))
            #expect(report.flowsEnded == 1)
            #expect(try !near.reaches(server, within: 100))
            #expect(try far.reaches(server))
            #expect(try inside.reaches(server))
            #expect(try await lab.gateway.flowNumber(from: far.source) == number)
        }
    }

    @Test func `hairpin off ends the flows from inside only`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let outside = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            let inside = try await Caller.on(
                lab.guest, from: "192.168.9.30", port: 40000, to: Self.wan, 8443)
            for caller in [outside, inside] { #expect(try caller.reaches(server)) }
            #expect(
                try engine.put(1, Sample.draft("voice", .udp, hairpin: false)).flowsEnded == 1)
            #expect(try outside.reaches(server))
            #expect(try !inside.reaches(server, within: 100))
        }
    }

    @Test func `changing what the target sees moves its flows`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            #expect(try caller.reaches(server))
            let rewritten = Sample.draft("voice", .udp, sourceAddress: .rewritten)
            #expect(try engine.put(1, rewritten).flowsEnded == 1)
            #expect(try caller.reaches(server))
            let seen = try engine.engine.flows(of: Sample.id(1)).map(\.seenSource.address)
            #expect(seen == [Sample.address("192.168.7.1")])
            // Nothing that concerns a flow: none ends.
            #expect(try engine.put(1, rewritten).flowsEnded == 0)
        }
    }

    @Test func `a pinhole on the second WAN keeps its flows through an edit`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                ip addr add 2001:db8:fe::5/64 dev wan1 nodad
                ip -6 route add 2001:db8:52::/64 via 2001:db8:fe::9
                """)
            try lab.internet.shell(
                """
                ip addr add 2001:db8:fe::9/64 dev eth1 nodad
                ip addr add 2001:db8:52::7/128 dev lo nodad
                ip -6 route change 2001:db8:7::/64 via 2001:db8:fe::5
                """)
            var settings = Sample.settings()
            settings.network.links.append(
                Link(
                    interface: Sample.interface("wan1"),
                    address: Sample.address("2001:db8:fe::5"), prefixLength: 64))
            func pinhole(_ sources: SourcePolicy) -> ForwardDraft {
                Sample.draft(
                    "pin", .udp, to: "2001:db8:7::10",
                    scope: .interface(Sample.interface("wan1")), sources: sources)
            }
            let narrow = SourcePolicy(allowed: [Sample.prefix("2001:db8:52::/64")])
            let engine = try await LabEngine.carrying(pinhole(narrow), on: lab, settings)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: "2001:db8:52::7", port: 40000, to: "2001:db8:7::10", 8443)
            #expect(try caller.reaches(server))
            #expect(try engine.put(1, pinhole(.anywhere)).flowsEnded == 0)
            #expect(try caller.reaches(server))
        }
    }
}

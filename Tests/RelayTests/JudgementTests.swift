import Addressing
import CLinux
import Forwarding
import TestKit
import Testing
import Wire

@testable import Relay

@Suite struct `The judgement of a flow after a change` {
    /// A flow of the plain sample forward: 203.0.113.9 to 203.0.113.5:8443 to 192.168.7.10:8443.
    static func flow(
        from source: String = "203.0.113.9", at external: String = "203.0.113.5",
        port: UInt16 = 8443, to target: String? = "192.168.7.10", targetPort: UInt16 = 8443,
        phase: StreamFlow.Phase = .flowing
    ) -> FlowFacts {
        let client = clinux_endpoint(Sample.address(source), 40000)
        return FlowFacts(
            id: FlowID(index: 0, generation: 1), service: 1, isStream: true, phase: phase,
            source: client, peer: client,
            external: clinux_endpoint(Sample.address(external), port),
            target: target.map { clinux_endpoint(Sample.address($0), targetPort) },
            seenSource: nil, group: 0, place: 0, halfOpen: false, started: 0, inbound: 0,
            outbound: 0)
    }

    static func isStale(_ flow: FlowFacts, after draft: ForwardDraft?) throws -> Bool {
        let forward = try draft.map {
            try #require(
                Sample.forward(1, $0).active(in: Sample.surroundings, at: Sample.now))
        }
        return StaleJudgement(forward, Sample.network).condemns(flow)
    }

    @Test func `lets go on what would come about as it is`() throws {
        #expect(try !Self.isStale(Self.flow(), after: Sample.draft()))
        let range = Sample.draft("range", .tcp, Sample.ports(8400, 8500))
        #expect(try !Self.isStale(Self.flow(), after: range))
        let unconnected = Self.flow(to: nil, phase: .connecting)
        #expect(try !Self.isStale(unconnected, after: Sample.draft(to: "192.168.7.20")))
    }

    @Test func `condemns what has no forward, another port, place, target or source`() throws {
        let narrow = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
        let without = SourcePolicy(denied: [Sample.prefix("203.0.113.9/32")])
        let changed: [ForwardDraft?] = [
            nil, Sample.draft("port", .tcp, Sample.ports(8444)), Sample.draft("udp", .udp),
            Sample.draft(to: "192.168.7.20"), Sample.draft(targetPorts: Sample.ports(443)),
            Sample.draft(sources: narrow), Sample.draft(sources: without),
            Sample.draft(sources: SourcePolicy(peers: [Sample.peer("203.0.113.9", 40001)])),
            Sample.draft(scope: .address(Sample.address("192.0.2.5"))),
        ]
        for draft in changed { #expect(try Self.isStale(Self.flow(), after: draft)) }
        let inside = Self.flow(from: "192.168.7.20")
        #expect(try !Self.isStale(inside, after: Sample.draft()))
        #expect(try Self.isStale(inside, after: Sample.draft(hairpin: false)))
        let named = SourcePolicy(peers: [Sample.peer("203.0.113.0/24", 40000)])
        #expect(try !Self.isStale(Self.flow(), after: Sample.draft(sources: named)))
        #expect(try !Self.isStale(inside, after: Sample.draft(sources: named)))
        #expect(
            try Self.isStale(Self.flow(from: "198.51.100.7"), after: Sample.draft(sources: named)))
        #expect(try !Self.isStale(inside, after: Sample.draft(sources: narrow)))
    }
}

@Suite struct `The places where a relay listens` {
    static func keys(_ draft: ForwardDraft) throws -> [String] {
        let forward = Sample.forward(1, draft).active(in: Sample.surroundings, at: Sample.now)
        return try #require(forward).listenKeys(in: Sample.network).map {
            "\(Endpoint($0.address, $0.port)) \($0.transport.name)\($0.device.map { " \($0)" } ?? "")"
        }.sorted()
    }

    @Test func `are the addresses of the WANs of the targets' families`() throws {
        #expect(try Self.keys(Sample.draft()) == ["192.0.2.5:8443 tcp", "203.0.113.5:8443 tcp"])
        #expect(
            try Self.keys(Sample.draft(to: "2001:db8:7::10", nat6: true))
                == ["[2001:db8:ff::5]:8443 tcp"])
        let crossing = Sample.draft(relay: RelayTerms(crossesFamilies: true))
        #expect(try Self.keys(crossing).count == 3)
    }

    @Test func `are just those that are named`() throws {
        let one = ExternalSide.Scope.address(Sample.address("192.0.2.5"))
        #expect(try Self.keys(Sample.draft(scope: one)) == ["192.0.2.5:8443 tcp"])
        let wan = ExternalSide.Scope.interface(Sample.interface("wan0"))
        #expect(try Self.keys(Sample.draft(scope: wan)) == ["203.0.113.5:8443 tcp"])
    }

    @Test func `are every port of a range, for each protocol`() throws {
        let keys = try Self.keys(Sample.draft("range", .tcpAndUDP, Sample.ports(7000, 7009)))
        #expect(keys.count == 2 * 2 * 10)
        #expect(Set(keys).count == keys.count)
    }

    @Test func `are tied to the interface where the inside is to be kept out`() throws {
        #expect(
            try Self.keys(Sample.draft(hairpin: false))
                == ["192.0.2.5:8443 tcp wan1", "203.0.113.5:8443 tcp wan0"])
    }
}

@Suite struct `A plan of a relayed forward` {
    static func plan(_ draft: ForwardDraft) throws -> ServicePlan {
        ServicePlan(try active(draft), in: Sample.network)
    }

    static func active(_ draft: ForwardDraft) throws -> ActiveForward {
        try #require(
            Sample.forward(1, draft).active(in: Sample.surroundings, at: Sample.now))
    }

    @Test func `has times in milliseconds, and the standard where nothing is said`() throws {
        let plain = try Self.plan(Sample.draft()).terms.timeouts
        #expect(plain == ServiceTerms.Timeouts())
        #expect(plain.connect == 10_000 && plain.idle == 86_400_000 && plain.halfOpen == 300_000)
        let asked = RelayTimeouts(connect: 1, idle: 2, halfOpen: 3, firstDatagram: 4, datagrams: 5)
        let times = try Self.plan(Sample.draft(relay: RelayTerms(timeouts: asked))).terms.timeouts
        #expect([times.connect, times.idle, times.halfOpen] == [1000, 2000, 3000])
        #expect([times.firstDatagram, times.datagrams] == [4000, 5000])
    }

    @Test func `is for one loop only where bounds have to be exact`() throws {
        #expect(try !Self.active(Sample.draft()).isBounded)
        for limits in [
            Limits(connections: 1), Limits(rate: ConnectionRate(1, per: .minute)),
            Limits(monthly: 1_000_000), Limits(bandwidth: 8000),
        ] {
            #expect(try Self.active(Sample.draft(limits: limits)).isBounded)
        }
        // Each flow is on one loop in any case.
        let ofFlows = RelayTerms(flowBandwidth: 8000)
        #expect(try !Self.active(Sample.draft(relay: ofFlows)).isBounded)
    }

    @Test func `greets where the first bytes decide`() throws {
        #expect(try !Self.plan(Sample.draft()).greets)
        let trusting = RelayTerms(trustedProxies: [Sample.prefix("10.0.0.0/8")])
        #expect(try Self.plan(Sample.draft(relay: trusting)).greets)
    }
}

@Suite struct `A table of server names` {
    @Test func `leads an exact name before a wildcard, and nothing else anywhere`() throws {
        let patterns = try ["*.example.com", "www.example.com", "example.com"].map {
            try #require(NamePattern($0))
        }
        let table = NameTable(patterns)
        let cases: [(String, Int32?)] = [
            ("www.example.com", 2), ("WWW.example.COM", 2), ("mail.example.com", 1),
            ("example.com", 3), ("a.b.example.com", nil), ("example.org", nil), ("com", nil),
        ]
        for (name, group) in cases {
            let name = try #require(ServerName(name))
            #expect(table.group(of: name) == group, "\(name)")
        }
        #expect(table.group(of: nil) == nil)
    }
}

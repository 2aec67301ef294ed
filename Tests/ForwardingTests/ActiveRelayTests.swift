import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `What a relay is told` {
    private static let web = Sample.ports(443)

    private func target(_ text: String, _ port: UInt16 = 443) -> Target {
        Target(host: Sample.host(text), ports: Sample.ports(port))
    }

    private func form(
        _ draft: ForwardDraft, _ resolved: [String: ResolvedTarget] = [:]
    ) -> ActiveForward? {
        Sample.forward(1, draft).active(
            in: Sample.surroundings(resolved: resolved), at: Sample.now)
    }

    private func place(_ v4: String?, _ v6: String?, _ port: UInt16 = 443) -> RelayTarget {
        RelayTarget(place: .addresses(Sample.resolved(v4, v6)), ports: Sample.ports(port))
    }

    @Test func `a forward that the kernel carries has its target, and no reason`() throws {
        let active = try #require(form(Sample.draft("a", .tcp, Self.web)))
        #expect(active.relay == ActiveRelay(targets: [place("192.168.7.10", nil)]))
        #expect(!active.needsRelay && active.translatesIPv6 == false)
        #expect(active.places == [Sample.address("192.168.7.10")])
    }

    @Test func `a Unix socket is a target that no kernel is told of`() throws {
        let active = try #require(
            form(Sample.draft("a", .tcp, Self.web, to: "unix:/run/app.sock")))
        let path = try #require(SocketPath("/run/app.sock"))
        #expect(active.relay.reason == .unixTarget)
        #expect(active.relay.targets == [RelayTarget(place: .unix(path), ports: Self.web)])
        #expect(active.target4 == nil && active.target6 == nil && active.needsRelay)
    }

    @Test func `spares that are found stand in while the target is nowhere`() throws {
        let name = try #require(NamePattern("www.example.com"))
        let draft = Sample.draft(
            "a", .tcp, Self.web, to: "nas.lan",
            relay: RelayTerms(
                spares: [target("far.lan"), target("192.168.7.11", 80)],
                routes: [NameRoute(name: name, target: target("far.lan"))]))
        let alone = try #require(form(draft))
        #expect(alone.relay.targets == [place("192.168.7.11", nil, 80)])
        #expect(alone.relay.routes == [ActiveRoute(name: name, target: nil)])
        let all = try #require(
            form(
                draft,
                [
                    "nas.lan": Sample.resolved("192.168.7.10", nil),
                    "far.lan": Sample.resolved(nil, "2001:db8:7::12"),
                ]))
        let far = place(nil, "2001:db8:7::12")
        #expect(
            all.relay.targets
                == [place("192.168.7.10", nil), far, place("192.168.7.11", nil, 80)])
        #expect(all.relay.routes == [ActiveRoute(name: name, target: far)])
        #expect(all.relay.reason == .severalTargets)
        var lonely = draft
        lonely.relay.spares = [target("far.lan")]
        #expect(form(lonely) == nil)
    }

    @Test(
        arguments: [
            ("203.0.113.5", false, "192.168.7.10", nil),
            ("203.0.113.5", true, "192.168.7.10", "::2"),
            ("2001:db8:ff::5", false, nil, "::2"), ("2001:db8:ff::5", true, "192.168.7.10", "::2"),
        ] as [(String, Bool, String?, String?)])
    func `at one address, the family of the target follows unless families cross`(
        at: String, crosses: Bool, v4: String?, v6: String?
    ) throws {
        let draft = Sample.draft(
            "a", .tcp, Self.web, to: "nas.lan", scope: Sample.scope(at: at),
            relay: RelayTerms(engine: .relay, crossesFamilies: crosses))
        let resolved = ["nas.lan": Sample.resolved("192.168.7.10", "::2")]
        #expect(try #require(form(draft, resolved)).relay.targets == [place(v4, v6)])
    }

    @Test(arguments: [
        (false, "192.168.9.20", SeenSource.gateway), (true, "192.168.9.20", .client),
        // In the target's own subnet it would answer the client past the gateway.
        (true, "192.168.7.20", .gateway),
    ])
    func `the target sees the gateway, unless the relay shows the client`(
        isTransparent: Bool, client: String, source: SeenSource
    ) throws {
        let packet = Packet(
            .tcp, from: Sample.endpoint(client, 5000), to: Sample.endpoint("203.0.113.5", 443),
            arrival: .interface(Sample.interface("br0")))
        let draft = Sample.draft(
            "a", .tcp, Self.web,
            relay: RelayTerms(engine: .relay, isTransparent: isTransparent))
        let active = try #require(form(draft))
        #expect(active.rewritesSource == !isTransparent)
        let target = Sample.endpoint("192.168.7.10", 443)
        let fate = Fate.relayed(Sample.id(1), target: target, source: source)
        #expect(active.fate(of: packet, in: Sample.network) == fate)
    }

    @Test func `clients of the other family reach the target only where families cross`() throws {
        let packet = Packet(
            .tcp, from: Sample.endpoint("198.51.100.7", 5000),
            to: Sample.endpoint("203.0.113.5", 443),
            arrival: .interface(Sample.interface("wan0")))
        for crosses in [true, false] {
            let draft = Sample.draft(
                "a", .tcp, Self.web, to: "2001:db8:7::10",
                relay: RelayTerms(engine: .relay, crossesFamilies: crosses))
            let fate = try #require(form(draft)).fate(of: packet, in: Sample.network)
            let expected = Fate.relayed(
                Sample.id(1), target: Sample.endpoint("2001:db8:7::10", 443), source: .gateway)
            #expect(fate == (crosses ? expected : nil))
        }
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Tracing a packet` {
    private static let stranger = Sample.endpoint("198.51.100.50", 40000)
    private static let stranger6 = Sample.endpoint("2001:db8:77::1", 40000)
    private static let wan4 = Sample.endpoint("203.0.113.5", 443)
    private static let web = Sample.ports(443)

    private static func fate(
        _ drafts: [ForwardDraft], from source: Endpoint = stranger, to destination: Endpoint = wan4,
        over interface: String? = "wan0", _ transport: TransportProtocol = .tcp,
        after seconds: Int64 = 0, resolved: [String: ResolvedTarget] = [:], guarded: Bool = true
    ) -> Fate {
        let arrival = interface.map { Packet.Arrival.interface(Sample.interface($0)) } ?? .gateway
        return Trace(
            table: ForwardingTable(drafts), surroundings: Sample.surroundings(resolved: resolved),
            now: Sample.now + seconds, guarded: guarded
        ).fate(of: Packet(transport, from: source, to: destination, arrival: arrival))
    }

    private static func forwarded(
        _ target: String, _ port: UInt16, _ source: SeenSource = .client
    ) -> Fate {
        .forwarded(.first, target: Sample.endpoint(target, port), source: source)
    }

    private static func nas(
        _ scope: ExternalSide.Scope = .everyWAN, to target: String = "192.168.7.10",
        sources: SourcePolicy = .anywhere, hairpin: Bool = true, nat6: Bool = false
    ) -> ForwardDraft {
        Sample.draft(
            "nas", .tcp, web, to: target, scope: scope, sources: sources, hairpin: hairpin,
            nat6: nat6)
    }

    @Test(
        arguments: [
            (8000, "wan0", "203.0.113.5", 9000), (8005, "wan0", "203.0.113.5", 9005),
            (8009, "wan1", "192.0.2.5", 9009), (8001, "wan0", "192.0.2.5", 9001),
        ] as [(UInt16, String, String, UInt16)])
    func `a shifted range keeps the distance between its ports`(
        port: UInt16, interface: String, address: String, targetPort: UInt16
    ) {
        let draft = Sample.draft(
            "a", .tcp, Sample.ports(8000, 8009), targetPorts: Sample.ports(9000, 9009))
        let fate = Self.fate([draft], to: Sample.endpoint(address, port), over: interface)
        #expect(fate == Self.forwarded("192.168.7.10", targetPort))
    }

    @Test func `another port, protocol or address is not the forward's`() {
        #expect(Self.fate([Self.nas()], .udp) == .local)
        #expect(Self.fate([Self.nas()], to: Sample.endpoint("203.0.113.5", 444)) == .local)
        #expect(Self.fate([Self.nas()], to: Sample.endpoint("192.168.7.1", 443)) == .local)
        #expect(Self.fate([Self.nas()], to: Sample.endpoint("192.168.7.20", 443)) == .guarded)
    }

    @Test func `a forward is only asked at its own addresses`() {
        let other = Sample.endpoint("192.0.2.5", 443)
        for scope in [Sample.scope(at: "203.0.113.5"), Sample.scope(on: "wan0")] {
            #expect(Self.fate([Self.nas(scope)]) == Self.forwarded("192.168.7.10", 443))
            #expect(Self.fate([Self.nas(scope)], to: other) == .local)
        }
    }

    @Test func `a forward that is off, over or without a target does nothing`() {
        var off = Self.nas()
        off.enabled = false
        #expect(Self.fate([off]) == .local)
        let lease = Sample.draft("a", .tcp, Self.web, ends: .after(10))
        #expect(Self.fate([lease], after: 9) == Self.forwarded("192.168.7.10", 443))
        #expect(Self.fate([lease], after: 10) == .local)
        #expect(Self.fate([Self.nas(to: "nas.lan")]) == .local)
        #expect(
            Self.fate([Self.nas(to: "nas.lan")], resolved: ["nas.lan": ResolvedTarget()]) == .local)
    }

    @Test func `a followed target is found where it is now`() {
        let resolved = ["nas.lan": Sample.resolved("192.168.7.33", "2001:db8:7::33")]
        let draft = Self.nas(to: "nas.lan")
        #expect(Self.fate([draft], resolved: resolved) == Self.forwarded("192.168.7.33", 443))
        let direct = Self.fate(
            [draft], from: Self.stranger6, to: Sample.endpoint("2001:db8:7::33", 443),
            resolved: resolved)
        #expect(direct == Self.forwarded("2001:db8:7::33", 443))
    }

    // From inside.

    @Test(arguments: [
        ("192.168.7.20", "br0", SeenSource.external(Sample.address("203.0.113.5"))),
        ("192.168.9.20", "guest0", .client),
        ("10.9.9.9", "br0", .client),
    ])
    func `only a client in the target's subnet is seen with the external address`(
        client: String, interface: String, seen: SeenSource
    ) {
        let fate = Self.fate([Self.nas()], from: Sample.endpoint(client, 5000), over: interface)
        #expect(fate == Self.forwarded("192.168.7.10", 443, seen))
    }

    @Test func `a target outside is reached by its neighbours with the external address`() {
        let fate = Self.fate(
            [Self.nas(to: "203.0.113.77")], from: Sample.endpoint("203.0.113.9", 5000))
        #expect(fate == Self.forwarded("203.0.113.77", 443, .external(Self.wan4.address)))
    }

    @Test func `a rewritten source is the gateway's for everyone`() {
        let draft = Sample.draft("a", .tcp, Self.web, sourceAddress: .rewritten)
        #expect(Self.fate([draft]) == Self.forwarded("192.168.7.10", 443, .gateway))
        #expect(
            Self.fate([draft], from: Sample.endpoint("192.168.7.20", 5000), over: "br0")
                == Self.forwarded("192.168.7.10", 443, .gateway))
    }

    @Test func `without hairpin the inside and the gateway are refused, the outside is not`() {
        let drafts = [Self.nas(hairpin: false)]
        let refused = Fate.refused(.first, .hairpinOff)
        let client = Sample.endpoint("192.168.7.20", 5000)
        #expect(Self.fate(drafts, from: client, over: "br0") == refused)
        #expect(Self.fate(drafts, from: Self.wan4, over: nil) == refused)
        #expect(Self.fate(drafts) == Self.forwarded("192.168.7.10", 443))
    }

    @Test func `the gateway may use its own forwards`() {
        #expect(
            Self.fate([Self.nas()], from: Self.wan4, over: nil)
                == Self.forwarded("192.168.7.10", 443))
    }

    // Who may.

    private static func policy(_ allowed: String, _ denied: String) -> SourcePolicy {
        func prefixes(_ text: String) -> [Prefix] { text.split(separator: " ").map(prefix) }
        func prefix(_ text: Substring) -> Prefix { Sample.prefix(String(text)) }
        return SourcePolicy(allowed: prefixes(allowed), denied: prefixes(denied))
    }

    @Test(
        arguments: [
            (policy("198.51.100.0/24", ""), nil),
            (policy("10.0.0.0/8 198.51.100.50", ""), nil),
            (policy("10.0.0.0/8", ""), .notAllowed),
            (policy("2001:db8::/32", ""), .notAllowed),
            (policy("", "198.51.100.0/24"), .denied),
            (policy("198.51.100.50", "198.51.100.0/24"), .denied),
            (policy("", "10.0.0.0/8"), nil),
        ] as [(SourcePolicy, RefusedEntry?)])
    func `from outside the allow-list decides, and the deny-list wins`(
        sources: SourcePolicy, refused: RefusedEntry?
    ) {
        let expected =
            refused.map { Fate.refused(.first, $0) } ?? Self.forwarded("192.168.7.10", 443)
        #expect(Self.fate([Self.nas(sources: sources)]) == expected)
    }

    @Test(arguments: ["br0", "guest0", nil] as [String?])
    func `inside nobody asks the allow-list, but the deny-list`(interface: String?) {
        let source = Sample.endpoint("10.9.9.9", 5000)
        #expect(
            Self.fate(
                [Self.nas(sources: Self.policy("198.51.100.0/24", ""))], from: source,
                over: interface) == Self.forwarded("192.168.7.10", 443))
        #expect(
            Self.fate(
                [Self.nas(sources: Self.policy("", "10.0.0.0/8"))], from: source, over: interface)
                == .refused(.first, .denied))
    }

    // IPv6.

    @Test func `a pinhole lets the outside through to the device, unchanged`() {
        let device = Sample.endpoint("2001:db8:7::10", 443)
        let drafts = [Self.nas(to: "2001:db8:7::10")]
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: device)
                == Self.forwarded("2001:db8:7::10", 443))
        #expect(Self.fate(drafts, from: Self.stranger6, to: device, over: "br0") == .routed)
        #expect(Self.fate(drafts, from: Self.stranger6, to: device, over: nil) == .routed)
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: Sample.endpoint("2001:db8:7::10", 80))
                == .guarded)
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: Sample.endpoint("2001:db8:7::11", 443))
                == .guarded)
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: Sample.endpoint("2001:db8:ff::5", 443))
                == .local)
    }

    @Test func `a pinhole of one interface is closed at the others`() {
        let device = Sample.endpoint("2001:db8:7::10", 443)
        let drafts = [Self.nas(Sample.scope(on: "wan0"), to: "2001:db8:7::10")]
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: device, over: "wan0")
                == Self.forwarded("2001:db8:7::10", 443))
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: device, over: "wan1")
                == .refused(.first, .otherInterface))
    }

    @Test func `a shifted forward opens no pinhole`() {
        let resolved = ["nas.lan": Sample.resolved("192.168.7.33", "2001:db8:7::33")]
        let draft = Sample.draft(
            "a", .tcp, Self.web, to: "nas.lan", targetPorts: Sample.ports(8443))
        let direct = Self.fate(
            [draft], from: Self.stranger6, to: Sample.endpoint("2001:db8:7::33", 443),
            resolved: resolved)
        #expect(direct == .guarded)
        #expect(Self.fate([draft], resolved: resolved) == Self.forwarded("192.168.7.33", 8443))
    }

    @Test func `translated IPv6 is asked at the gateway's address`() {
        let drafts = [Self.nas(to: "2001:db8:7::10", nat6: true)]
        let external = Sample.endpoint("2001:db8:ff::5", 443)
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: external)
                == Self.forwarded("2001:db8:7::10", 443))
        #expect(
            Self.fate(
                drafts, from: Sample.endpoint("2001:db8:7::20", 5000), to: external, over: "br0")
                == Self.forwarded("2001:db8:7::10", 443, .external(external.address)))
        #expect(
            Self.fate(drafts, from: Self.stranger6, to: Sample.endpoint("2001:db8:7::10", 443))
                == .guarded)
    }

    // Without a forward.

    @Test(
        arguments: [
            ("192.168.7.20", "wan0", true, Fate.guarded), ("192.168.7.20", "wan0", false, .routed),
            ("192.168.7.20", "guest0", true, .routed), ("192.168.7.20", nil, true, .routed),
            ("203.0.113.77", "wan0", true, .routed), ("203.0.113.77", "wan1", true, .guarded),
            ("8.8.8.8", "wan0", true, .guarded), ("8.8.8.8", "br0", true, .routed),
            ("203.0.113.5", "wan1", true, .local), ("192.168.7.1", "wan0", true, .local),
            ("192.168.9.1", "br0", false, .local),
        ] as [(String, String?, Bool, Fate)])
    func `the guard stops what comes from outside and goes on inside`(
        destination: String, interface: String?, guarded: Bool, fate: Fate
    ) {
        let found = Self.fate(
            [], to: Sample.endpoint(destination, 22), over: interface, guarded: guarded)
        #expect(found == fate)
    }
}

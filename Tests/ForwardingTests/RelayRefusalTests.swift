import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Refusing what a relay cannot keep` {
    private static let web = Sample.ports(443)

    private static func target(_ text: String, _ ports: PortRange = web) -> Target {
        Target(host: Sample.host(text), ports: ports)
    }

    private static func route(_ name: String, _ target: Target = target("192.168.7.11"))
        -> NameRoute
    {
        guard let name = NamePattern(name) else { preconditionFailure("no name") }
        return NameRoute(name: name, target: target)
    }

    private static func wrong(
        _ title: String, _ field: Refusal.Field, _ problem: Problem,
        _ draft: ForwardDraft = Sample.draft("a", .tcp, web),
        in surroundings: Surroundings = Sample.surroundings,
        _ change: (inout RelayTerms) -> Void = { _ in }
    ) -> RefusedDraft {
        var draft = draft
        change(&draft.relay)
        return RefusedDraft(title, draft, in: surroundings, field, problem)
    }

    private static func udp(_ transports: Transports = .udp) -> ForwardDraft {
        Sample.draft("a", transports, web)
    }

    static let proxies: [RefusedDraft] = [
        wrong("PROXY without TCP", .proxy, .relay(.notCarried(.tcp)), udp()) {
            ($0.proxy, $0.datagramProxy) = (.v1, .v2Each)
        },
        wrong("a dialect without UDP", .proxyUDP, .relay(.notCarried(.udp))) {
            ($0.proxy, $0.datagramProxy) = (.v2, .simple)
        },
        wrong("UDP without a dialect", .proxyUDP, .relay(.dialect(.udp)), udp(.tcpAndUDP)) {
            $0.proxy = .v2
        },
        wrong("TCP without a version", .proxy, .relay(.dialect(.tcp)), udp(.tcpAndUDP)) {
            $0.datagramProxy = .v2First
        },
        wrong("too many proxies", .trustedProxies, .tooLong(limit: 1000)) {
            $0.trustedProxies = (0..<1001).map {
                Prefix(.v4(IPv4Address(bits: 0x0a00_0000 + UInt32($0) * 2)))
            }
        },
    ]

    static let targets: [RefusedDraft] = [
        wrong(
            "a spare of another width", .also,
            .unequalRanges(external: web, target: Sample.ports(1, 2))
        ) {
            $0.spares = [target("192.168.7.11"), target("192.168.7.12", Sample.ports(1, 2))]
        },
        wrong(
            "a name's target of another width", .names,
            .unequalRanges(external: web, target: Sample.ports(1, 2))
        ) {
            $0.routes = [route("a.example", target("192.168.7.12", Sample.ports(1, 2)))]
        },
        wrong("a spare that is multicast", .also, .multicast) { $0.spares = [target("224.0.0.1")] },
        wrong("a spare at the WAN", .also, .ownWANAddress) { $0.spares = [target("203.0.113.5")] },
        wrong("a spare that is the gateway", .also, .target) { $0.spares = [target("gateway")] },
        wrong("a spare that nobody knows", .also, .unresolved) { $0.spares = [target("no.lan")] },
        wrong(
            "a spare whose name leads to loopback", .also, .loopback,
            in: Sample.surroundings(resolved: ["loop.lan": Sample.resolved("127.0.0.1", nil)])
        ) { $0.spares = [target("loop.lan")] },
        wrong("a spare that is a group", .also, .groupAddress) {
            $0.spares = [target("01:00:5e:00:00:01")]
        },
        wrong("a name's target that is multicast", .names, .multicast) {
            $0.routes = [route("a.example", target("ff02::1"))]
        },
        wrong(
            "a spare that leads back", .also, .itself,
            Sample.draft("a", .tcp, web, scope: Sample.scope(at: "198.51.100.7"))
        ) { $0.spares = [target("198.51.100.7")] },
        wrong("too many spares", .also, .tooLong(limit: 64)) {
            $0.spares = Array(repeating: target("192.168.7.11"), count: 65)
        },
        wrong(
            "a spare of the other family", .at, .familyMismatch,
            Sample.draft("a", .tcp, web, scope: Sample.scope(at: "203.0.113.5"))
        ) { $0.spares = [target("2001:db8:7::11")] },
        wrong(
            "a Unix socket for UDP", .to, .relay(.unixShape),
            Sample.draft("a", .tcpAndUDP, web, to: "unix:/run/app.sock")),
        wrong(
            "a Unix socket for several ports", .to, .relay(.unixShape),
            Sample.draft("a", .tcp, Sample.ports(80, 81), to: "unix:/run/app.sock")),
        wrong("a spare socket for UDP", .also, .relay(.unixShape), udp()) {
            $0.spares = [target("unix:/run/app.sock")]
        },
    ]

    static let names: [RefusedDraft] = [
        wrong("names over UDP", .names, .relay(.routesShape), udp(.tcpAndUDP)) {
            $0.routes = [route("a.example")]
        },
        wrong(
            "names at several ports", .names, .relay(.routesShape),
            Sample.draft("a", .tcp, Sample.ports(1, 2))
        ) { $0.routes = [route("a.example", target("192.168.7.11", Sample.ports(1, 2)))] },
        wrong("a name twice", .names, .relay(.sameRoute)) {
            $0.routes = [route("a.example"), route("*.a.example"), route("A.example")]
        },
        wrong("too many names", .names, .tooLong(limit: 256)) {
            $0.routes = (0...256).map { route("h\($0).example") }
        },
        wrong("others refused without a name", .otherNames, .relay(.needs(.names))) {
            $0.refusesOtherNames = true
        },
    ]

    static let terms: [RefusedDraft] = [
        wrong(
            "transparent, and rewritten", .source, .contradiction(with: .source),
            Sample.draft("a", .tcp, web, sourceAddress: .rewritten)
        ) { $0.isTransparent = true },
        wrong("transparent across families", .source, .contradiction(with: .crossFamilies)) {
            ($0.isTransparent, $0.crossesFamilies) = (true, true)
        },
        wrong("transparent to loopback", .source, .relay(.transparentHere)) {
            ($0.isTransparent, $0.spares) = (true, [target("::1")])
        },
        wrong(
            "transparent to a Unix socket", .source, .relay(.transparentHere),
            Sample.draft("a", .tcp, web, to: "unix:/run/app.sock")
        ) { $0.isTransparent = true },
        wrong("a check at no interval", .check, .relay(.check)) {
            $0.check = HealthCheck(interval: 0)
        },
        wrong("a check each day", .check, .relay(.check)) {
            $0.check = HealthCheck(interval: 86_400)
        },
        wrong("a check that never falls", .check, .relay(.check)) {
            $0.check = HealthCheck(fall: 0)
        },
        wrong("a check of many tries", .check, .relay(.check)) {
            $0.check = HealthCheck(rise: 101)
        },
        wrong("no time to connect", .timeoutConnect, .relay(.wait(most: 86_400))) {
            $0.timeouts.connect = 0
        },
        wrong("two days half open", .timeoutHalfOpen, .relay(.wait(most: 86_400))) {
            $0.timeouts.halfOpen = 172_800
        },
        wrong("months of silence", .timeoutIdle, .relay(.wait(most: 2_592_000))) {
            $0.timeouts.idle = 2_592_001
        },
    ]

    static let engines: [RefusedDraft] = [
        wrong("the kernel with PROXY", .engine, .contradiction(with: .proxy)) {
            ($0.engine, $0.proxy) = (.kernel, .v2)
        },
        wrong(
            "the kernel with a Unix socket", .engine, .contradiction(with: .to),
            Sample.draft("a", .tcp, web, to: "unix:/run/app.sock")
        ) { $0.engine = .kernel },
        wrong(
            "the kernel with loopback", .to, .loopback,
            Sample.draft("a", .tcp, web, to: "127.0.0.1")
        ) { $0.engine = .kernel },
        wrong("SCTP with PROXY", .proxy, .relay(.onlyKernel(.sctp)), udp(.sctp)) {
            $0.proxy = .v2
        },
        wrong(
            "a whole address with PROXY", .proxy, .relay(.onlyKernel(.everything)),
            Sample.draft("a", .everything, .all)
        ) { $0.proxy = .v2 },
        wrong(
            "an exception with a relay", .engine, .exceptionTerm,
            Sample.draft("a", .tcp, web, to: "gateway")
        ) { $0.engine = .relay },
        wrong(
            "PROXY without a relay", .proxy, .relay(.unavailable(.proxyProtocol)),
            in: with(.kernel)
        ) { $0.proxy = .v2 },
        wrong(
            "SCTP without the kernel", .external, .relay(.unavailable(.notPermitted)), udp(.sctp),
            in: with(.relay(.notPermitted))),
    ]

    private static func with(_ engines: AvailableEngines) -> Surroundings {
        var surroundings = Sample.surroundings
        surroundings.engines = engines
        return surroundings
    }

    @Test(arguments: [proxies, targets, names, terms, engines].flatMap(\.self))
    func `the answer names the term and what is wrong`(wrong: RefusedDraft) {
        let outcome = ForwardingTable(wrong.table).deciding(
            .add([wrong.draft]), in: wrong.surroundings)
        #expect(outcome.problems == [wrong.problem])
        #expect(outcome.refusals.map(\.field) == [wrong.field])
    }

    @Test(arguments: ["127.0.0.1", "127.1.2.3", "::1", "unix:/run/app.sock"])
    func `what listens on the machine itself is reached, when it is written out`(target: String) {
        let draft = Sample.draft("a", .tcp, Self.web, to: target)
        let outcome = ForwardingTable().deciding(.add([draft]))
        #expect(outcome.changes?.count == 1)
        #expect(outcome.warnings == [])
    }

    @Test func `what fits together is accepted, and only its risk is told`() {
        let draft = Sample.draft(
            "a", .tcp, Self.web,
            relay: RelayTerms(
                proxy: .v2, trustedProxies: ["10.0.0.0/8", "::/0"].map(Sample.prefix),
                spares: [Self.target("192.168.7.11"), Self.target("127.0.0.1")],
                balance: .sourceHash, check: HealthCheck(interval: 3600, fall: 100, rise: 1),
                routes: [Self.route("*.example.com"), Self.route("example.com")],
                refusesOtherNames: true, flowBandwidth: 8_000_000,
                timeouts: RelayTimeouts(connect: 1, idle: 2_592_000, halfOpen: 86_400)))
        let outcome = ForwardingTable().deciding(.add([draft]))
        #expect(outcome.changes?.count == 1)
        #expect(outcome.warnings == [.trustsAnyone(draft.name, Sample.prefix("::/0"))])
    }

    @Test func `a term that cannot be any more does not keep a forward from being switched off`() {
        let table = ForwardingTable([Sample.draft("a", relay: RelayTerms(engine: .relay))])
        let outcome = table.deciding(
            .edit(Sample.name("a"), ForwardEdit(enabled: false)), in: Self.with(.kernel))
        #expect(outcome.changes?.count == 1)
    }

    @Test func `a relay is asked at the gateway's own addresses, in both families`() {
        let relayed = Sample.draft(
            "a", .tcp, Self.web, to: "2001:db8:7::10", relay: RelayTerms(engine: .relay))
        let translated = Sample.draft("b", .tcp, Self.web, to: "2001:db8:7::20", nat6: true)
        let pinhole = Sample.draft("c", .tcp, Self.web, to: "2001:db8:7::10")
        let crossing = Sample.draft(
            "d", .tcp, Self.web, to: "192.168.7.10", relay: RelayTerms(crossesFamilies: true))
        let table = ForwardingTable([relayed])
        let overlap = Problem.overlap(with: Sample.name("a"), Self.web)
        #expect(table.deciding(.add([translated])).problems == [overlap])
        #expect(table.deciding(.add([crossing])).problems == [overlap])
        #expect(table.deciding(.add([pinhole])).changes?.count == 1)
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Overlap` {
    private static let pinned = Sample.scope(at: "203.0.113.5")
    private static let pinned6 = Sample.scope(at: "2001:db8:ff::5")
    private static let onWAN0 = Sample.scope(on: "wan0")
    private static let onWAN1 = Sample.scope(on: "wan1")

    private static let surroundings = Sample.surroundings(resolved: [
        "nas.lan": Sample.resolved("192.168.7.10", "2001:db8:7::10"),
        "alias.lan": Sample.resolved(nil, "2001:db8:7::10"),
        "tv.lan": Sample.resolved("192.168.7.11", "2001:db8:7::11"),
    ])

    private static func draft(
        _ name: String, _ scope: ExternalSide.Scope = .everyWAN, to target: String = "192.168.7.10",
        nat6: Bool = false
    ) -> ForwardDraft {
        Sample.draft(name, .tcp, Sample.ports(443), to: target, scope: scope, nat6: nat6)
    }

    private func outcome(_ new: ForwardDraft, _ old: ForwardDraft) -> Outcome {
        ForwardingTable([old]).deciding(.add([new]), in: Self.surroundings)
    }

    @Test(arguments: [
        (draft("a"), draft("b", to: "192.168.7.11")),
        (draft("a"), draft("b", pinned)),
        (draft("a"), draft("b", onWAN0)),
        (draft("a", onWAN0), draft("b", onWAN0)),
        (draft("a", onWAN0), draft("b", pinned)),
        (draft("a", onWAN1), draft("b", pinned)),
        (draft("a", pinned), draft("b", pinned, to: "192.168.7.11")),
        (draft("a"), draft("b", to: "nas.lan")),
        (draft("a", to: "tv.lan"), draft("b", to: "nas.lan")),
        (draft("a", to: "02:00:00:00:00:01"), draft("b", to: "nas.lan")),
        (draft("a", to: "2001:db8:7::10"), draft("b", to: "2001:db8:7::10")),
        (draft("a", to: "2001:db8:7::10"), draft("b", onWAN0, to: "2001:db8:7::10")),
        (
            draft("a", to: "2001:db8:7::10", nat6: true),
            draft("b", to: "2001:db8:7::11", nat6: true)
        ),
        (draft("a", to: "2001:db8:7::10", nat6: true), draft("b", to: "tv.lan", nat6: true)),
        (
            draft("a", to: "2001:db8:7::10", nat6: true),
            draft("b", pinned6, to: "2001:db8:7::11", nat6: true)
        ),
    ])
    func `two forwards that answer the same packets are refused`(
        one: ForwardDraft, other: ForwardDraft
    ) {
        let ports = Sample.ports(443)
        #expect(outcome(one, other).problems == [.overlap(with: other.name, ports)])
        #expect(outcome(other, one).problems == [.overlap(with: one.name, ports)])
    }

    @Test(arguments: [
        ("nas.lan", "2001:db8:7::10"), ("alias.lan", "2001:db8:7::10"), ("alias.lan", "nas.lan"),
    ])
    func `a device reached by two names has its ports once`(one: String, other: String) {
        let (one, other) = (
            Self.draft("a", Self.onWAN0, to: one), Self.draft("b", Self.onWAN1, to: other)
        )
        let ports = Sample.ports(443)
        #expect(outcome(one, other).problems == [.overlap(with: other.name, ports)])
        #expect(outcome(other, one).problems == [.overlap(with: one.name, ports)])
    }

    @Test func `translation at the address of a device meets the pinhole to it`() {
        let pinhole = Self.draft("a", to: "2001:db8:7::10")
        let translated = Self.draft(
            "b", Sample.scope(at: "2001:db8:7::10"), to: "2001:db8:7::11", nat6: true)
        let ports = Sample.ports(443)
        #expect(outcome(pinhole, translated).problems == [.overlap(with: translated.name, ports)])
        #expect(outcome(translated, pinhole).problems == [.overlap(with: pinhole.name, ports)])
    }

    @Test(arguments: [
        (draft("a", onWAN0), draft("b", onWAN1)),
        (draft("a", pinned), draft("b", Sample.scope(at: "192.0.2.5"))),
        (draft("a"), draft("b", to: "2001:db8:7::10")),
        (draft("a"), draft("b", to: "2001:db8:7::10", nat6: true)),
        (draft("a", to: "2001:db8:7::11"), draft("b", to: "2001:db8:7::10")),
        (draft("a", to: "2001:db8:7::10"), draft("b", to: "2001:db8:7::11", nat6: true)),
        (
            draft("a", pinned, to: "tv.lan"),
            draft("b", Sample.scope(at: "192.0.2.5"), to: "nas.lan")
        ),
        (draft("a", pinned), draft("b", pinned6, to: "2001:db8:7::11", nat6: true)),
    ])
    func `two forwards that never meet are accepted`(one: ForwardDraft, other: ForwardDraft) {
        #expect(outcome(one, other).problems == [])
        #expect(outcome(other, one).problems == [])
    }

    @Test(
        arguments: [
            ("tcp", 443, 443, true), ("tcp+udp", 443, 443, true), ("udp", 443, 443, false),
            ("tcp", 400, 443, true), ("tcp", 443, 500, true), ("tcp", 400, 500, true),
            ("udp", 400, 500, false), ("tcp", 400, 442, false), ("tcp", 444, 500, false),
            ("sctp", 443, 443, false),
        ] as [(String, UInt16, UInt16, Bool)])
    func `ports and protocols decide together`(
        transports: String, first: UInt16, last: UInt16, meets: Bool
    ) throws {
        let transports = try #require(Transports(transports))
        let other = Sample.draft("b", transports, Sample.ports(first, last))
        let problem = Problem.overlap(with: other.name, other.external.ports)
        #expect(outcome(Self.draft("a"), other).problems == (meets ? [problem] : []))
    }

    @Test func `a forward that is off keeps its place`() {
        var other = Self.draft("b")
        other.enabled = false
        #expect(
            outcome(Self.draft("a"), other).problems
                == [.overlap(with: other.name, Sample.ports(443))])
    }
}

@Suite struct `Listener of the gateway` {
    private func problems(
        _ draft: ForwardDraft, _ transport: TransportProtocol, _ address: String?, _ port: UInt16
    ) -> [Problem] {
        let listener = Listener(
            transport: transport, address: address.map(Sample.address), port: port, program: "sshd")
        let surroundings = Sample.surroundings(
            resolved: ["nas.lan": Sample.resolved(nil, "2001:db8:7::10")], listeners: [listener])
        let outcome = ForwardingTable().deciding(.add([draft]), in: surroundings)
        guard outcome.problems != [.listener(listener)] else { return outcome.problems }
        #expect(outcome.problems == [])
        return []
    }

    private static let ssh = Sample.ports(22)

    @Test(arguments: [nil, "203.0.113.5", "192.0.2.5"] as [String?])
    func `a program that is asked from outside is in the way`(address: String?) {
        #expect(problems(Sample.draft("a", .tcp, Self.ssh), .tcp, address, 22).count == 1)
        #expect(
            problems(Sample.draft("a", .tcpAndUDP, Sample.ports(20, 30)), .tcp, address, 22)
                .count == 1)
    }

    @Test(arguments: ["192.168.7.1", "127.0.0.1", "2001:db8:ff::5", "198.51.100.1"])
    func `a program that is asked elsewhere is not`(address: String) {
        #expect(problems(Sample.draft("a", .tcp, Self.ssh), .tcp, address, 22) == [])
    }

    @Test func `another port or protocol is free`() {
        #expect(problems(Sample.draft("a", .tcp, Self.ssh), .udp, nil, 22) == [])
        #expect(problems(Sample.draft("a", .tcp, Self.ssh), .tcp, nil, 23) == [])
    }

    @Test func `only the addresses of the forward count`() {
        let onWAN1 = Sample.draft("a", .tcp, Self.ssh, scope: Sample.scope(on: "wan1"))
        #expect(problems(onWAN1, .tcp, "203.0.113.5", 22) == [])
        #expect(problems(onWAN1, .tcp, "192.0.2.5", 22).count == 1)
        let pinned = Sample.draft("a", .tcp, Self.ssh, scope: Sample.scope(at: "203.0.113.5"))
        #expect(problems(pinned, .tcp, "203.0.113.5", 22).count == 1)
        #expect(problems(pinned, .tcp, "192.0.2.5", 22) == [])
        #expect(problems(pinned, .tcp, nil, 22).count == 1)
        let foreign = Sample.draft("a", .tcp, Self.ssh, scope: Sample.scope(at: "198.51.100.1"))
        #expect(problems(foreign, .tcp, nil, 22) == [])
        let inside = Sample.draft("a", .tcp, Self.ssh, scope: Sample.scope(at: "192.168.7.1"))
        #expect(problems(inside, .tcp, "192.168.7.1", 22).count == 1)
    }

    @Test func `a pinhole asks nothing of the gateway, translation does`() {
        let target = "2001:db8:7::10"
        #expect(problems(Sample.draft("a", .tcp, Self.ssh, to: target), .tcp, nil, 22) == [])
        let translated = Sample.draft("a", .tcp, Self.ssh, to: target, nat6: true)
        #expect(problems(translated, .tcp, "2001:db8:ff::5", 22).count == 1)
        let named = Sample.draft("a", .tcp, Self.ssh, to: "nas.lan")
        #expect(problems(named, .tcp, "2001:db8:ff::5", 22) == [])
    }

    @Test func `a forward that is off disturbs no program`() {
        var draft = Sample.draft("a", .tcp, Self.ssh)
        draft.enabled = false
        #expect(problems(draft, .tcp, nil, 22) == [])
    }
}

@Suite struct `Circle` {
    private func forward(_ name: String, _ from: String, _ to: String) -> ForwardDraft {
        Sample.draft(name, .tcp, to: to, scope: Sample.scope(at: from))
    }

    private static let (here, there, yonder) = ("198.51.100.1", "198.51.100.2", "198.51.100.3")

    @Test func `a forward may not lead to itself`() {
        let draft = forward("a", Self.here, Self.here)
        #expect(ForwardingTable().deciding(.add([draft])).problems == [.itself])
    }

    @Test func `another port of the same address is not itself`() {
        var draft = forward("a", Self.here, Self.here)
        draft.target.ports = Sample.ports(443)
        #expect(ForwardingTable().deciding(.add([draft])).changes?.count == 1)
    }

    @Test func `two forwards may not lead to each other`() {
        let table = ForwardingTable([forward("a", Self.here, Self.there)])
        #expect(
            table.deciding(.add([forward("b", Self.there, Self.here)])).problems
                == [.circle([Sample.name("a")])])
    }

    @Test func `nor may three`() {
        let table = ForwardingTable([
            forward("a", Self.here, Self.there), forward("b", Self.there, Self.yonder),
        ])
        #expect(
            table.deciding(.add([forward("c", Self.yonder, Self.here)])).problems
                == [.circle([Sample.name("a"), Sample.name("b")])])
        #expect(table.deciding(.add([forward("c", Self.yonder, "10.0.0.1")])).problems == [])
    }

    @Test func `an edit may not close a circle, and leaves its own past out of account`() {
        let table = ForwardingTable([
            forward("a", Self.here, Self.there), forward("b", Self.there, Self.yonder),
        ])
        var edit = ForwardEdit()
        edit.target = Target(host: Sample.host(Self.here), ports: Sample.ports(8443))
        #expect(
            table.deciding(.edit(Sample.name("b"), edit)).problems
                == [.circle([Sample.name("a")])])
        edit.target = Target(host: Sample.host(Self.yonder), ports: Sample.ports(8443))
        #expect(table.deciding(.edit(Sample.name("a"), edit)).changes?.count == 1)
    }
}

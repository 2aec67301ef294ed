import Addressing
import Forwarding
import TestKit
import Testing

/// One draft that the table, or the machine, does not bear.
struct RefusedDraft: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var table: [ForwardDraft] = []
    var draft: ForwardDraft
    var surroundings = Sample.surroundings
    var field: Refusal.Field
    var problem: Problem

    init(
        _ title: String, among table: [ForwardDraft] = [], _ draft: ForwardDraft,
        in surroundings: Surroundings = Sample.surroundings, _ field: Refusal.Field,
        _ problem: Problem
    ) {
        testDescription = title
        self.table = table
        self.draft = draft
        self.surroundings = surroundings
        self.field = field
        self.problem = problem
    }
}

@Suite struct `Refusing a forward` {
    private static let web = Sample.ports(80)
    private static let rdp = Sample.ports(3389)

    private static func asking(_ draft: ForwardDraft) -> ForwardDraft {
        var draft = draft
        draft.asksUpstream = true
        return draft
    }

    static let shapes: [RefusedDraft] = [
        RefusedDraft(
            "more ports than a router in front is asked for",
            asking(Sample.draft("a", .tcpAndUDP, Sample.ports(27_000, 27_016))), .upstream,
            .upstreamTooWide(limit: 32)),
        RefusedDraft(
            "a router in front for a pinhole",
            asking(Sample.draft("a", .tcp, web, to: "2001:db8:7::10")), .upstream,
            .upstreamWithoutIPv4),
        RefusedDraft(
            "a name that exists", among: [Sample.draft("nas")],
            Sample.draft("nas", .tcp, web), .name, .duplicate),
        RefusedDraft(
            "a range to a port",
            Sample.draft("a", .tcp, Sample.ports(80, 89), targetPorts: web), .to,
            .unequalRanges(external: Sample.ports(80, 89), target: web)),
        RefusedDraft(
            "a port to a range",
            Sample.draft("a", .tcp, web, targetPorts: Sample.ports(80, 89)), .to,
            .unequalRanges(external: web, target: Sample.ports(80, 89))),
        RefusedDraft(
            "a shifted range that is too wide",
            Sample.draft(
                "a", .tcp, Sample.ports(1000, 2024), targetPorts: Sample.ports(2000, 3024)), .to,
            .shiftTooWide(limit: 1024)),
        RefusedDraft(
            "a shifted pinhole",
            Sample.draft("a", .tcp, web, to: "2001:db8:7::10", targetPorts: Sample.ports(81)), .to,
            .pinholeShift),
        RefusedDraft(
            "an IPv6 address for an IPv4 target",
            Sample.draft("a", .tcp, web, scope: Sample.scope(at: "2001:db8:ff::5")), .at,
            .familyMismatch),
        RefusedDraft(
            "an IPv4 address for an IPv6 target",
            Sample.draft(
                "a", .tcp, web, to: "2001:db8:7::10", scope: Sample.scope(at: "203.0.113.5"),
                nat6: true), .at, .familyMismatch),
        RefusedDraft(
            "an IPv6 address without translation",
            Sample.draft(
                "a", .tcp, web, to: "2001:db8:7::10", scope: Sample.scope(at: "2001:db8:ff::5")),
            .at, .familyMismatch),
        RefusedDraft(
            "an interface inside", Sample.draft("a", scope: Sample.scope(on: "br0")), .on,
            .notAWAN([Sample.interface("wan0"), Sample.interface("wan1")])),
        RefusedDraft(
            "an end that has come", Sample.draft("a", ends: .at(Sample.now)), .ends, .ended),
        RefusedDraft("no time at all", Sample.draft("a", ends: .after(0)), .ends, .ended),
    ]

    static let targets: [RefusedDraft] = [
        ("203.0.113.5", .ownWANAddress), ("192.0.2.5", .ownWANAddress),
        ("2001:db8:ff::5", .ownWANAddress), ("224.0.0.1", .multicast), ("ff02::1", .multicast),
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified),
        ("255.255.255.255", .broadcast), ("240.0.0.1", .broadcast), ("192.168.7.255", .broadcast),
        ("192.168.7.0", .broadcast), ("203.0.113.255", .broadcast), ("fe80::1", .linkLocal),
        ("::ffff:192.168.7.10", .familyMismatch), ("nas.lan", .unresolved),
        ("empty.lan", .unresolved), ("loop.lan", .loopback), ("wan.lan", .ownWANAddress),
        ("mixed.lan", .linkLocal), ("01:00:5e:00:00:01", .groupAddress),
        ("ff:ff:ff:ff:ff:ff", .groupAddress), ("00:00:00:00:00:00", .groupAddress),
    ].map { (target: String, problem: Problem) in
        RefusedDraft(
            "target \(target)", Sample.draft("a", .tcp, web, to: target),
            in: Sample.surroundings(resolved: [
                "empty.lan": ResolvedTarget(), "loop.lan": Sample.resolved("127.0.0.1", nil),
                "wan.lan": Sample.resolved(nil, "2001:db8:ff::5"),
                "mixed.lan": Sample.resolved("192.168.7.10", "fe80::7"),
            ]), .to, problem)
    }

    static let texts: [RefusedDraft] = [
        ("long", String(repeating: "x", count: 201), .tooLong(limit: 200)),
        ("long in bytes", String(repeating: "ü", count: 101), .tooLong(limit: 200)),
        ("a new line", "two\nlines", .controlCharacter), ("a bell", "\u{7}", .controlCharacter),
        ("an escape sequence", "\u{1b}[31mred", .controlCharacter),
        ("a control of Latin-1", "\u{9b}31m", .controlCharacter),
    ].map { (title: String, comment: String, problem: Problem) in
        var draft = Sample.draft("a")
        draft.comment = comment
        return RefusedDraft("comment: \(title)", draft, .comment, problem)
    }

    static let lists: [RefusedDraft] = [Refusal.Field.allow, .deny].map { field in
        let prefixes = (0..<1001).map {
            Prefix(.v4(IPv4Address(bits: 0x0a00_0000 + UInt32($0) * 2)))
        }
        let sources = SourcePolicy(
            allowed: field == .allow ? prefixes : [], denied: field == .deny ? prefixes : [])
        return RefusedDraft(
            "a long list: \(field)", Sample.draft("a", sources: sources), field,
            .tooLong(limit: 1000))
    }

    @Test(arguments: [shapes, targets, texts, lists].flatMap(\.self))
    func `the answer names the field and what is wrong`(wrong: RefusedDraft) {
        let table = ForwardingTable(wrong.table)
        let outcome = table.deciding(.add([wrong.draft]), in: wrong.surroundings)
        #expect(outcome.problems == [wrong.problem])
        #expect(outcome.refusals.map(\.field) == [wrong.field])
        #expect(outcome.refusals.map(\.forward) == [wrong.draft.name])
    }

    @Test func `everything that is wrong is said at once`() {
        var draft = Sample.draft(
            "nas", .tcp, Self.web, to: "224.0.0.1", targetPorts: Sample.ports(80, 81),
            scope: Sample.scope(on: "br0"), ends: .after(-1))
        draft.comment = "\t"
        let outcome = ForwardingTable([Sample.draft("nas")]).deciding(.add([draft]))
        #expect(
            outcome.refusals.map(\.field) == [.name, .comment, .ends, .to, .on, .to])
    }

    @Test(arguments: [
        ("192.168.7.10", 200), ("192.168.7.254", 200), ("192.168.9.1", 0), ("10.9.9.9", 0),
        ("2001:db8:7::10", 0), ("169.254.1.1", 0), ("02:00:00:00:00:01", 0),
    ])
    func `what has nothing against it is accepted`(target: String, letters: Int) {
        var draft = Sample.draft("a", .tcp, Self.rdp, to: target)
        draft.comment = String(repeating: "ü", count: letters / 2)
        let outcome = ForwardingTable().deciding(.add([draft]))
        #expect(outcome.changes == [.added(Self.added(draft))])
    }

    private static func added(_ draft: ForwardDraft) -> Forward {
        Sample.forward(1, draft)
    }

    @Test(arguments: [
        (Sample.ports(1000, 2023), Sample.ports(2000, 3023)),
        (Sample.ports(1, 65535), Sample.ports(1, 65535)),
    ])
    func `the widest ranges are accepted`(external: PortRange, target: PortRange) {
        let draft = Sample.draft("a", .tcp, external, targetPorts: target)
        #expect(ForwardingTable().deciding(.add([draft])).changes?.count == 1)
    }

    @Test(arguments: [("nsa", "nas"), ("nass", "nas"), ("NAS", "nas"), ("printer", nil)])
    func `a forward that is not there is answered with the nearest`(name: String, nearest: String?)
    {
        let table = ForwardingTable([Sample.draft("nas"), Sample.draft("web", .tcp, Self.web)])
        let name = Sample.name(name)
        #expect(table.deciding(.remove(name)).problems == [.unknown(nearest: nearest)])
        #expect(table.deciding(.edit(name, ForwardEdit())).problems == [.unknown(nearest: nearest)])
    }

    @Test func `a full table takes no more`() {
        var table = ForwardingTable()
        table.reserveCapacity(ForwardID.limit)
        for number in 1...UInt16.max {
            table.insert(
                Sample.forward(number, Sample.draft("f\(number)", .tcp, Sample.ports(number))))
        }
        let draft = Sample.draft("more", .udp)
        #expect(table.freeID() == nil)
        #expect(table.deciding(.add([draft])).problems == [.tableFull])
        #expect(table.deciding(.apply([draft], prune: .nothing)).problems == [.tableFull])
        table.remove(Sample.id(4711))
        #expect(table.freeID() == Sample.id(4711))
        #expect(table.deciding(.add([draft])).changes?.map(\.name) == [draft.name])
        let two = [draft, Sample.draft("still-more", .udp, Self.web)]
        #expect(table.deciding(.add(two)).problems == [.tableFull])
    }

    @Test func `one bad draft among several refuses all`() {
        let drafts = [Sample.draft("a"), Sample.draft("b", .tcp, Self.web, to: "224.0.0.1")]
        let outcome = ForwardingTable().deciding(.add(drafts))
        #expect(outcome.problems == [.multicast])
        #expect(outcome.refusals.map(\.forward) == [Sample.name("b")])
    }

    @Test func `drafts of one request must not overlap each other`() {
        let drafts = [Sample.draft("a"), Sample.draft("b", .tcpAndUDP)]
        #expect(
            ForwardingTable().deciding(.add(drafts)).problems
                == [.overlap(with: Sample.name("a"), Sample.ports(8443))])
    }
}

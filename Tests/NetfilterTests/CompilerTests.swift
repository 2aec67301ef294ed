import Addressing
import Forwarding
import Netlink
import TestKit
import Testing

@testable import Netfilter

@Suite struct `Compiler` {
    private static let compiler = ElementCompiler(mask: .standard, now: Sample.now)

    /// The sample network; `wan0` has two IPv4 addresses.
    private static let surroundings: Surroundings = {
        var network = Sample.network
        network.links.append(
            Link(
                interface: Sample.interface("wan0"), address: Sample.address("203.0.113.6"),
                prefixLength: 24))
        let both = ResolvedTarget(
            v4: IPv4Address(192, 168, 7, 10), v6: Sample.address("2001:db8:7::10").v6)
        let names = ["nas.lan"].compactMap { ForwardSpelling.host($0) }
        return Surroundings(
            network: network,
            resolved: Dictionary(uniqueKeysWithValues: names.map { ($0, both) }))
    }()

    private static func active(_ number: UInt16, _ draft: ForwardDraft) throws -> ActiveForward {
        let forward = Sample.forward(number, draft)
        return try #require(forward.active(in: surroundings, at: Sample.now), "\(draft.name)")
    }

    private static let range = Sample.ports(8000, 8009)
    private static let shifted = Sample.ports(9000, 9009)
    private static let narrow = Sample.ports(8000, 8002)
    private static let v6 = "2001:db8:7::10"
    private static let pinned = ExternalSide.Scope.address(Sample.address("203.0.113.5"))
    private static let onWAN0 = ExternalSide.Scope.interface(Sample.interface("wan0"))
    private static let lists = SourcePolicy(
        allowed: ["198.51.100.0/24", "198.51.101.0/24", "2001:db8:77::/48"].map(Sample.prefix),
        denied: ["198.51.100.7", "0.0.0.0/8"].map(Sample.prefix))

    private static let representative: [(String, ForwardDraft)] = [
        ("one port", Sample.draft()),
        ("another port", Sample.draft(targetPorts: Sample.ports(443))),
        ("both protocols", Sample.draft("a", .tcpAndUDP)),
        ("sctp", Sample.draft("a", .sctp)),
        ("a range", Sample.draft("a", .udp, range)),
        ("a shifted range", Sample.draft("a", .tcp, narrow, targetPorts: Sample.ports(9000, 9002))),
        ("at one address", Sample.draft("a", .tcpAndUDP, scope: pinned)),
        ("a range at one address", Sample.draft("a", .tcp, range, scope: pinned)),
        ("on an interface with two addresses", Sample.draft("a", scope: onWAN0)),
        ("a pinhole", Sample.draft("a", to: v6)),
        ("a pinhole for a range", Sample.draft("a", .tcpAndUDP, range, to: v6)),
        ("a pinhole on an interface", Sample.draft("a", scope: onWAN0, hairpin: true).to(v6)),
        ("both families", Sample.draft("a", to: "nas.lan")),
        (
            "both families, another port",
            Sample.draft("a", to: "nas.lan", targetPorts: .single(443))
        ),
        ("translated IPv6", Sample.draft("a", to: v6, nat6: true)),
        (
            "translated IPv6, another port",
            Sample.draft("a", to: v6, targetPorts: .single(443), nat6: true)
        ),
        (
            "both families translated on an interface",
            Sample.draft("a", to: "nas.lan", scope: onWAN0, nat6: true)
        ),
        (
            "both families, shifted and translated",
            Sample.draft(
                "a", .tcp, narrow, to: "nas.lan", targetPorts: Sample.ports(9000, 9002), nat6: true)
        ),
        ("lists", Sample.draft("a", sources: lists)),
        ("only for the outside", Sample.draft("a", hairpin: false)),
        ("source rewritten", Sample.draft("a", sourceAddress: .rewritten)),
        ("a lease", Sample.draft("a", ends: .after(3600))),
        (
            "everything at once",
            Sample.draft(
                "a", .tcpAndUDP, narrow, to: "nas.lan", targetPorts: Sample.ports(80, 82),
                scope: pinned, sources: lists, hairpin: false, sourceAddress: .rewritten,
                ends: .after(1))
        ),
        (
            "peers",
            Sample.draft(
                "a", .udp,
                sources: SourcePolicy(
                    allowed: [Sample.prefix("192.0.2.0/24")],
                    peers: [
                        Sample.peer("198.51.100.7", 5060), Sample.peer("2001:db8:77::/48", 500),
                        // Said already, by the block.
                        Sample.peer("2001:db8:77::7", 500),
                    ]))
        ),
    ]

    private static func parts(of forward: ActiveForward) -> [Part] {
        [
            Admission(forward).map { Part($0, .standard) },
            Shift(forward).map { Part($0) },
        ]
        .compactMap(\.self)
    }

    @Test func `representative forwards are made of the recorded elements`() throws {
        var lines: [String] = []
        for (place, (title, draft)) in Self.representative.enumerated() {
            let forward = try Self.active(UInt16(place + 1), draft)
            let parts = Self.parts(of: forward)
            let text = ElementText(parts: parts)
            lines += ["# \(title)"] + Self.compiler.elements(of: forward).map(text.line)
            lines += parts.flatMap(text.lines) + [""]
        }
        try Golden.check("elements.txt", lines)
    }

    @Test func `an edit touches the recorded elements and no others`() throws {
        let edits: [(String, ForwardDraft, ForwardDraft)] = [
            ("another target", Sample.draft(), Sample.draft(to: "192.168.7.11")),
            (
                "another target of a range", Sample.draft("a", .tcp, Self.range),
                Sample.draft("a", .tcp, Self.range, to: "192.168.7.11")
            ),
            ("another port at the target", Sample.draft(), Sample.draft(targetPorts: .single(443))),
            (
                "another external port", Sample.draft(targetPorts: .single(443)),
                Sample.draft("nas", .tcp, .single(8444), targetPorts: .single(443))
            ),
            ("one more protocol", Sample.draft(), Sample.draft("nas", .tcpAndUDP)),
            (
                "a wider range", Sample.draft("a", .tcp, Self.range),
                Sample.draft("a", .tcp, Sample.ports(8000, 8010))
            ),
            ("from everywhere to one address", Sample.draft(), Sample.draft(scope: Self.pinned)),
            ("no longer for everyone", Sample.draft(), Sample.draft(sources: Self.lists)),
            ("a longer lease", Sample.draft(ends: .after(60)), Sample.draft(ends: .after(120))),
            ("for ever", Sample.draft(ends: .after(60)), Sample.draft()),
            ("nothing the packets notice", Sample.draft(), Sample.draft("other-name")),
        ]
        var lines: [String] = []
        for (title, before, after) in edits {
            let forwards = (try Self.active(7, before), try Self.active(7, after))
            let text = ElementText(parts: Self.parts(of: forwards.0) + Self.parts(of: forwards.1))
            let old = Self.compiler.elements(of: forwards.0)
            let new = Self.compiler.elements(of: forwards.1)
            lines.append("# \(title)")
            lines += old.filter { !new.contains($0) }.map { "- " + text.line($0) }
            lines += new.filter { !old.contains($0) }.map { "+ " + text.line($0) } + [""]
        }
        try Golden.check("edits.txt", lines)
    }

    @Test func `the network is made of the recorded elements`() throws {
        let text = ElementText()
        let elements = NetworkElements.elements(of: Self.surroundings.network)
        try Golden.check("network.txt", elements.map(text.line))
    }

    private func leaving(_ draft: ForwardDraft) throws -> [String] {
        var forward = try Self.active(1, draft)
        let before = Self.compiler.elements(of: forward)
        forward.keepsPort = true
        return Self.compiler.elements(of: forward).filter { !before.contains($0) }
            .map(ElementText().line)
    }

    @Test func `what keeps its port has an element for each, and it ends with the lease`() throws {
        #expect(
            try leaving(Sample.draft("a", .tcpAndUDP, targetPorts: .single(443))) == [
                "leave4  192.168.7.10 . tcp . 443 : 8443",
                "leave4  192.168.7.10 . udp . 443 : 8443",
            ])
        #expect(
            try leaving(
                Sample.draft(
                    "a", .udp, Self.narrow, targetPorts: Sample.ports(9000, 9002), ends: .after(60))
            ) == [
                "leave4  192.168.7.10 . udp . 9000 for 60000 ms : 8000",
                "leave4  192.168.7.10 . udp . 9001 for 60000 ms : 8001",
                "leave4  192.168.7.10 . udp . 9002 for 60000 ms : 8002",
            ])
        #expect(try leaving(Sample.draft("a", to: Self.v6)) == [])
    }

    @Test func `a shifted range has one element per port`() throws {
        let draft = Sample.draft("a", .tcp, Self.range, targetPorts: Self.shifted)
        let shift = try #require(Shift(try Self.active(1, draft)))
        let sets = shift.sets
        try #require(sets.count == 1)
        #expect(sets[0].1.map(\.key) == Self.range.ports.map { RegisterImage.lonePort($0) })
        let target = RegisterImage().address(Sample.address("192.168.7.10"))
        #expect(sets[0].1.map(\.data) == Self.shifted.ports.map { .value(target.port($0)) })
    }

    @Test func `forwards with the same shift share its chain`() throws {
        let one = Sample.draft("a", .tcp, Self.range, targetPorts: Self.shifted)
        let other = Sample.draft("b", .udp, Self.range, targetPorts: Self.shifted)
        let third = Sample.draft(
            "c", .sctp, Self.range, to: "192.168.7.11", targetPorts: Self.shifted)
        let shifts = try [one, other, third].enumerated().map { place, draft in
            try #require(Shift(try Self.active(UInt16(place + 1), draft)))
        }
        #expect(shifts[0] == shifts[1] && shifts[0].chain == shifts[1].chain)
        #expect(shifts[0].chain != shifts[2].chain)
    }

    // What the kernel takes in one transaction.

    private func randomTable(_ gen: inout Gen) -> ForwardingTable {
        let hosts = ["192.168.7.10", "192.168.7.11", Self.v6, "2001:db8:7::11", "nas.lan"]
        let scopes = [
            .everyWAN, .everyWAN, Self.pinned, Self.onWAN0,
            .interface(Sample.interface("wan1")), .address(Sample.address("2001:db8:ff::5")),
        ]
        var table = ForwardingTable()
        for number in 1...40 {
            let first = UInt16(gen.int(1...8))
            let ports = Sample.ports(first, first + (gen.oneIn(3) ? 2 : 0))
            let draft = Sample.draft(
                "f\(number)", gen.pick([.tcp, .udp, .tcpAndUDP]), ports, to: gen.pick(hosts),
                targetPorts: gen.oneIn(4) ? ports.moved(to: 100) : nil, scope: gen.pick(scopes),
                sources: gen.oneIn(4) ? Self.lists : .anywhere, nat6: gen.oneIn(3),
                ends: gen.oneIn(4) ? .after(60) : .never)
            let outcome = decide(
                .add([draft]), by: .clock, table: table, surroundings: Self.surroundings,
                now: Sample.now)
            if case .accepted(let changes, _) = outcome { table.apply(changes) }
        }
        return table
    }

    @Test(arguments: Seed.batch(100))
    func `no two forwards of a table want the same key`(seed: Seed) {
        var gen = Gen(seed)
        let table = randomTable(&gen)
        let forwards = table.all.compactMap { $0.active(in: Self.surroundings, at: Sample.now) }
        var places: [String: [SetElement]] = [:]
        for forward in forwards {
            for placed in Self.compiler.elements(of: forward) {
                places[placed.set, default: []].append(placed.element)
            }
        }
        for (set, elements) in places {
            let keys = Set(elements.map(\.key))
            #expect(keys.count == elements.count, "\(set): \(table.sorted.map(\.external))")
            let ranges = elements.map { ($0.key.bytes, ($0.keyEnd ?? $0.key).bytes) }
            let doubled = ranges.enumerated().filter { place, range in
                ranges[..<place].contains { other in
                    zip(zip(range.0, range.1), zip(other.0, other.1)).allSatisfy { mine, others in
                        mine.0 <= others.1 && others.0 <= mine.1
                    }
                }
            }
            #expect(doubled.isEmpty, "\(set)")
        }
    }

    @Test(arguments: Seed.batch(50))
    func `every element of a forward is marked as its own`(seed: Seed) {
        var gen = Gen(seed)
        for forward in randomTable(&gen).all {
            guard let active = forward.active(in: Self.surroundings, at: Sample.now) else {
                continue
            }
            let elements = Self.compiler.elements(of: active)
            #expect(elements == Self.compiler.elements(of: active))
            let strange = elements.filter { placed in
                guard case .value(let image) = placed.element.data, image.count == 4,
                    placed.element.key.count > 4
                else {
                    return MarkMask.standard.forward(of: placed.element.key.mark(at: 0))
                        != active.id
                }
                return MarkMask.standard.forward(of: image.mark(at: 0)) != active.id
            }
            #expect(strange == [])
        }
    }
}

extension PortRange {
    fileprivate static func single(_ port: UInt16) -> PortRange { Sample.ports(port) }
}

extension ForwardDraft {
    fileprivate func to(_ host: String) -> ForwardDraft {
        var draft = self
        draft.target.host = ForwardSpelling.host(host) ?? draft.target.host
        return draft
    }
}

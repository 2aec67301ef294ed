import Addressing
import Diagnosis
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// What is known put together, without a machine.
@Suite struct `Journeys` {
    private let wan = Sample.interface("wan0")

    private func situation(_ drafts: [ForwardDraft], guarded: Bool = true) -> Trace {
        var table = ForwardingTable()
        for (number, draft) in drafts.enumerated() {
            table.insert(Sample.forward(UInt16(number + 1), draft))
        }
        return Trace(
            table: table, surroundings: Sample.surroundings, now: Sample.now, guarded: guarded)
    }

    /// A machine on which all is well.
    private func healthy() -> JourneyFacts {
        var facts = JourneyFacts()
        facts.interfaces = [2: wan, 4: Sample.interface("br0")]
        facts.onward = .found(FoundRoute(.onward, out: 4))
        facts.back = .found(FoundRoute(.onward, out: 2))
        (facts.near, facts.far) = (.answered, .answered)
        facts.farAddress = Sample.address("203.0.113.5")
        return facts
    }

    private func journey(
        _ facts: JourneyFacts, with drafts: [ForwardDraft] = [Sample.draft()],
        from source: String = "198.51.100.7", to destination: String = ":8443/tcp",
        arrival: String = "wan"
    ) throws -> Journey {
        let situation = situation(drafts)
        let question = try JourneyQuestion(
            from: source, to: destination, arrival: arrival, in: situation)
        return Journey(along: JourneyRoad(question, situation, facts.ruleset), facts)
    }

    @Test func `all is well: it arrives, and every step passes`() throws {
        let journey = try journey(healthy())
        #expect(journey.end.outcome == .arrives)
        #expect(
            journey.end.sentence
                == "it would arrive: nas carries it to 192.168.7.10:8443, which answers")
        #expect(
            journey.steps.map(\.kind) == [
                .arrival, .forward, .access, .translation, .route, .source, .target, .answer,
                .answer,
            ])
        #expect(journey.steps.allSatisfy { $0.verdict == .pass || $0.verdict == .info })
    }

    @Test func `a forward that the kernel does not have stops it`() throws {
        var facts = healthy()
        facts.absence = .suspended
        #expect(try journey(facts).end.sentence.contains("the engine would not have nas"))
        facts.absence = .contested(by: "nft")
        let contested = try journey(facts)
        #expect(contested.end.outcome == .stops)
        #expect(contested.end.commands == ["systemctl reload portcullis"])
    }

    @Test func `a client that is not on the list is named, with the command that puts it there`()
        throws
    {
        let draft = Sample.draft(
            sources: SourcePolicy(allowed: [Sample.prefix("203.0.113.0/24")]))
        let journey = try journey(healthy(), with: [draft])
        #expect(journey.end.outcome == .stops)
        #expect(journey.steps.last?.kind == .access)
        #expect(
            journey.end.commands == [
                "portcullis set nas --allow 203.0.113.0/24 --allow 198.51.100.7"
            ])
    }

    @Test func `a client whose device lets it in from one port only is told which`() throws {
        let peers = [Sample.peer("198.51.100.0/24", 5060), Sample.peer("203.0.113.9", 9)]
        let named = Sample.draft(sources: SourcePolicy(peers: peers))
        let journey = try journey(healthy(), with: [named])
        #expect(journey.end.outcome == .stops)
        #expect(journey.steps.last?.kind == .access)
        #expect(journey.end.sentence.contains("lets in 198.51.100.7 from port 5060,"))
        let other = Sample.draft(sources: SourcePolicy(peers: [peers[1]]))
        let sentence = try self.journey(healthy(), with: [other]).end.sentence
        #expect(sentence.contains("198.51.100.7 is none of those whom nas lets in"))
    }

    @Test func `a forward that is switched off or over is named`() throws {
        var draft = Sample.draft()
        draft.enabled = false
        #expect(try journey(healthy(), with: [draft]).end.commands == ["portcullis enable nas"])
        let over = Sample.draft(ends: .at(Sample.now))
        #expect(
            try journey(healthy(), with: [over]).end.sentence.contains("time of the forward nas"))
    }

    @Test func `the other protocol of a forward is no forward for this one`() throws {
        let journey = try journey(healthy(), to: ":8443/udp")
        #expect(journey.end.outcome == .stops)
        #expect(journey.end.sentence.contains("nas has the port for tcp, not for udp"))
    }

    /// P10 of the pains.
    @Test func `a target whose default route leads elsewhere gets a rewritten source`() throws {
        var facts = healthy()
        facts.far = .silent
        let wrong = try journey(facts)
        #expect(wrong.end.outcome == .stops)
        #expect(wrong.end.commands == ["portcullis set nas --source rewritten"])
        let rewritten = try journey(facts, with: [Sample.draft(sourceAddress: .rewritten)])
        #expect(rewritten.end.outcome == .arrives)
    }

    /// P9 of the pains.
    @Test func `an answer that would leave by another interface is in doubt`() throws {
        var facts = healthy()
        facts.interfaces[3] = Sample.interface("wan1")
        facts.back = .found(FoundRoute(.onward, out: 3))
        let journey = try journey(facts)
        #expect(journey.end.outcome == .unclear)
        #expect(journey.end.sentence.contains("would leave by wan1, not by wan0"))
    }

    @Test(
        arguments: [
            (.refused, "nothing listens at port 8443"), (.unreachable, "nobody has the address"),
            (.silent, "does not answer"),
        ] as [(TCPProbe.Answer, String)])
    func `a target that is down stops the journey`(answer: TCPProbe.Answer, words: String) throws {
        var facts = healthy()
        facts.near = answer
        let journey = try journey(facts)
        #expect(journey.end.outcome == .stops)
        #expect(journey.end.sentence.contains(words))
    }

    @Test func `whether a program takes datagrams cannot be known, and is no obstacle`() throws {
        var facts = healthy()
        (facts.near, facts.far) = (.refused, .refused)
        let journey = try journey(facts, with: [Sample.draft("nas", .udp)], to: ":8443/udp")
        #expect(journey.end.outcome == .arrives)
        let target = try #require(journey.steps.first { $0.kind == .target })
        #expect(target.sentence.contains("cannot be known"))
    }

    @Test func `rp_filter is told apart from a missing route`() throws {
        var facts = healthy()
        facts.onward = .refused(22)
        facts.reversePathFilter = 1
        #expect(
            try journey(facts).end.commands == ["sysctl -w net.ipv4.conf.wan0.rp_filter=2"])
        facts.onward = .refused(101)
        #expect(try journey(facts).end.sentence.contains("no route leads to 192.168.7.10"))
        facts.forwards = false
        #expect(try journey(facts).end.commands == ["sysctl -w net.ipv4.ip_forward=1"])
    }

    @Test func `what no forward names meets the guard, or a program of the gateway`() throws {
        let guarded = try journey(
            healthy(), with: [], from: "2001:db8:51::7", to: "[2001:db8:7::10]:443/tcp")
        #expect(guarded.steps.last?.kind == .guard)
        #expect(guarded.end.commands == ["portcullis add 443/tcp [2001:db8:7::10]:443"])
        var facts = healthy()
        #expect(try journey(facts, with: []).steps.last?.kind == .local)
        facts.listener = "nginx"
        #expect(try journey(facts, with: []).end.outcome == .arrives)
    }

    @Test func `tables that were not read leave a doubt, in their family only`() throws {
        var facts = healthy()
        facts.unread = ["ip filter"]
        let journey = try journey(facts)
        #expect(journey.end.outcome == .unclear)
        #expect(journey.end.commands == ["iptables-legacy-save"])
        facts.unread = ["ip6 filter"]
        #expect(try self.journey(facts).end.outcome == .arrives)
    }
}

@Suite struct `Questions about packets` {
    private let situation: Trace = {
        var table = ForwardingTable()
        table.insert(Sample.forward(1, Sample.draft()))
        table.insert(
            Sample.forward(2, Sample.draft("pin", .tcp, Sample.ports(22), to: "2001:db8:7::10")))
        return Trace(table: table, surroundings: Sample.surroundings, now: Sample.now)
    }()

    private func ask(
        _ from: String, _ to: String, _ arrival: String = "wan"
    ) throws(Refusal) -> JourneyQuestion {
        try JourneyQuestion(from: from, to: to, arrival: arrival, in: situation)
    }

    @Test func `the WAN's address of the family stands in where none is named`() throws {
        #expect(
            try ask("198.51.100.7", ":8443/tcp").destination
                == Sample.endpoint("203.0.113.5", 8443))
        #expect(
            try ask("2001:db8:51::7", ":8443/udp").destination
                == Sample.endpoint("2001:db8:ff::5", 8443))
    }

    @Test func `a forward's name is its own port, and the device of a pinhole`() throws {
        #expect(
            try ask("198.51.100.7", "nas").destination == Sample.endpoint("203.0.113.5", 8443))
        #expect(
            try ask("2001:db8:51::7", "pin").destination == Sample.endpoint("2001:db8:7::10", 22))
    }

    @Test func `it comes in by the WAN that has the address, the LAN of the source, or as said`()
        throws
    {
        #expect(try ask("198.51.100.7", "192.0.2.5:80/tcp").arrival.text == "wan1")
        #expect(try ask("192.168.9.30", ":8443/tcp", "lan").arrival.text == "guest0")
        #expect(
            try ask("198.51.100.7", ":8443/tcp", "wan1").destination.address
                == Sample.address("192.0.2.5"))
        let port = try ask("[2001:db8:51::7]:4000", ":8443/tcp").sourcePort
        #expect(port == 4000)
    }

    @Test(
        arguments: [
            ("nonsense", ":8443/tcp", "wan", .from, "bad-packet"),
            ("198.51.100.7:0", ":8443/tcp", "wan", .from, "bad-packet"),
            ("198.51.100.7", ":8443", "wan", .to, "no-protocol"),
            ("198.51.100.7", ":8443/icmp", "wan", .to, "unknown-protocol"),
            ("198.51.100.7", ":8443/tcp+udp", "wan", .to, "bad-packet"),
            ("198.51.100.7", ":99999/tcp", "wan", .to, "bad-packet"),
            ("198.51.100.7", "nass", "wan", .to, "unknown-forward"),
            ("198.51.100.7", "a b", "wan", .to, "bad-packet"),
            ("198.51.100.7", "[2001:db8::1]:80/tcp", "wan", .to, "family-mismatch"),
            ("2001:db8:51::7", ":80/tcp", "wan1", .to, "bad-packet"),
            ("198.51.100.7", ":8443/tcp", "lan", .from, "bad-packet"),
            ("198.51.100.7", ":8443/tcp", "wan7", .arrival, "bad-packet"),
        ] as [(String, String, String, Refusal.Field, String)])
    func `what cannot be read is refused with its field`(
        from: String, to: String, arrival: String, field: Refusal.Field, code: String
    ) {
        do throws(Refusal) {
            _ = try ask(from, to, arrival)
            Issue.record("taken")
        } catch {
            #expect(error.field == field)
            #expect(error.problem.code == code)
        }
    }
}

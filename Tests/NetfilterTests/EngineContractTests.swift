import Addressing
import Forwarding
import Glibc
import Netfilter
import Relay
import TestKit
import Testing

/// What every engine keeps to.
///
/// It runs against the kernel and the relay in the lab, and against the fake one that stands in for
/// them elsewhere, so that tests with the fake mean something.
@Suite struct `Every engine` {
    enum Kind: String, CaseIterable {
        case kernel, relay, fake
    }

    /// An engine with somebody outside who can send packets to it.
    struct Subject {
        let kind: Kind
        let engine: any ForwardingEngine
        let lab: Lab?

        /// New sockets belong to the network of the thread that makes them.
        @discardableResult
        func apply(_ change: EngineChange) async throws -> ApplyReport {
            guard let lab, kind == .relay else { return try engine.apply(change) }
            let shared = Shared(engine: engine)
            return try await lab.gateway.run { try shared.engine.apply(change) }
        }

        /// A datagram of the internet host's comes to a port of the WAN address.
        func datagram(_ source: UInt16, to port: UInt16) async throws {
            let (from, to) = (
                Sample.endpoint("203.0.113.9", source), Sample.endpoint("203.0.113.5", port)
            )
            guard let lab else {
                let wan = Packet.Arrival.interface(Sample.interface("wan0"))
                (engine as? FakeEngine)?.arrive(Packet(.udp, from: from, to: to, arrival: wan))
                return
            }
            let before = try seen
            _ = try await Wire.knock(on: lab.internet, .udp, from: from, to: to)
            // A relay's loop gets to it in its own time.
            if kind == .relay { #expect(try await eventually { try seen > before }) }
        }

        private var seen: UInt64 {
            get throws {
                try engine.traffic().forwards.values.reduce(0) { $0 + $1.flows + $1.denied }
            }
        }
    }

    // SAFETY: one task uses the engine, one call after the other.
    private struct Shared: @unchecked Sendable { var engine: any ForwardingEngine }

    static func with(_ kind: Kind, _ body: (Subject) async throws -> Void) async throws {
        guard kind != .fake else {
            return try await body(Subject(kind: kind, engine: FakeEngine(), lab: nil))
        }
        try await Lab.with { lab in
            // A closed port would answer, and the answer would be counted.
            try lab.gateway.shell("sysctl -q -w net.netfilter.nf_conntrack_timestamp=1")
            try lab.lan1.shell(
                "nft 'add table ip t; add chain ip t c { type filter hook input "
                    + "priority 0; policy drop; }'")
            guard kind == .relay else {
                let engine = try await LabEngine.open(on: lab).engine
                return try await body(Subject(kind: kind, engine: engine, lab: lab))
            }
            let settings = RelaySettings(threads: 2)
            let shared = try await lab.gateway.run {
                Shared(engine: try RelayEngine(settings) { _ in })
            }
            try await body(Subject(kind: kind, engine: shared.engine, lab: lab))
        }
    }

    static func active(_ number: UInt16, _ draft: ForwardDraft) throws -> ActiveForward {
        try #require(
            Sample.forward(number, draft).active(in: Sample.surroundings, at: Sample.now))
    }

    static let settings = Sample.settings()
    static let one = Sample.draft("one", .udp, Sample.ports(1000))
    static let two = Sample.draft("two", .udp, Sample.ports(2000, 2009))

    @Test(arguments: Kind.allCases)
    func `shows what was added, replaced and removed`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            #expect(try engine.installed().isEmpty)
            let (one, two) = (try Self.active(1, Self.one), try Self.active(2, Self.two))
            _ = try await subject.apply(.everything([one], Self.settings))
            #expect(try engine.installed() == [one.id])
            _ = try await subject.apply(
                .edits([ActiveEdit(before: nil, after: two)], Self.settings))
            #expect(try engine.installed() == [one.id, two.id])
            let moved = try Self.active(1, Sample.draft("one", .udp, Sample.ports(1001)))
            _ = try await subject.apply(
                .edits([ActiveEdit(before: one, after: moved)], Self.settings))
            #expect(try engine.installed() == [one.id, two.id])
            _ = try await subject.apply(
                .edits([ActiveEdit(before: two, after: nil)], Self.settings))
            #expect(try engine.installed() == [one.id])
            // What is free again can be taken.
            let late = try Self.active(3, Self.one)
            _ = try await subject.apply(
                .edits([ActiveEdit(before: nil, after: late)], Self.settings))
            #expect(try engine.installed() == [one.id, late.id])
        }
    }

    @Test(arguments: Kind.allCases)
    func `leaves all as it was when it refuses`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let (one, two) = (try Self.active(1, Self.one), try Self.active(2, Self.two))
            _ = try await subject.apply(.everything([one, two], Self.settings))
            try await subject.datagram(40000, to: 1000)
            let (installed, traffic) = (try engine.installed(), try engine.traffic())
            let fine = try Self.active(3, Sample.draft("fine", .udp, Sample.ports(3000)))
            let moved = try Self.active(
                2, Sample.draft("two", .udp, Sample.ports(2000, 2009), to: "192.168.7.20"))
            for clash in [
                try Self.active(4, Self.one),
                try Self.active(4, Sample.draft("inside", .udp, Sample.ports(2009, 2010))),
            ] {
                let edits = [
                    ActiveEdit(before: nil, after: fine), ActiveEdit(before: two, after: moved),
                    ActiveEdit(before: nil, after: clash),
                ]
                await #expect(throws: EngineError.refused(clash.id, code: EEXIST, detail: "")) {
                    try await subject.apply(.edits(edits, Self.settings))
                }
                await #expect(throws: EngineError.self) {
                    try await subject.apply(.everything([one, two, fine, clash], Self.settings))
                }
                #expect(try engine.installed() == installed)
                #expect(try engine.traffic() == traffic)
                #expect(try engine.flows(of: nil).count == 1)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `told everything twice does nothing the second time`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let forwards = [try Self.active(1, Self.one), try Self.active(2, Self.two)]
            let first = try await subject.apply(.everything(forwards, Self.settings))
            #expect(first == ApplyReport(flowsEnded: 0, adopted: 0))
            try await subject.datagram(40000, to: 1000)
            try await subject.datagram(40001, to: 2005)
            let traffic = try engine.traffic()
            let second = try await subject.apply(.everything(forwards.reversed(), Self.settings))
            #expect(second == ApplyReport(flowsEnded: 0, adopted: 2, foundIntact: true))
            #expect(try engine.traffic() == traffic)
            #expect(try engine.flows(of: nil).count == 2)
        }
    }

    @Test(arguments: Kind.allCases)
    func `tells whether all is as it should be`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let (one, two) = (try Self.active(1, Self.one), try Self.active(2, Self.two))
            #expect(try !engine.isIntact([one], Self.settings))
            _ = try await subject.apply(.everything([one, two], Self.settings))
            #expect(try engine.isIntact([two, one], Self.settings))
            #expect(try !engine.isIntact([one], Self.settings))
            var open = Self.settings
            open.guarded = false
            // A relay guards nothing.
            #expect(try engine.isIntact([one, two], open) == (kind == .relay))
            _ = try await subject.apply(
                .edits([ActiveEdit(before: two, after: nil)], Self.settings))
            #expect(try engine.isIntact([one], Self.settings))
        }
    }

    @Test(arguments: Kind.allCases)
    func `counts up through every change`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let narrow = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
            var one = try Self.active(1, Self.one)
            _ = try await subject.apply(.everything([one], Self.settings))
            var expected = Traffic()
            for (round, sources) in [SourcePolicy.anywhere, narrow, .anywhere].enumerated() {
                let next = try Self.active(
                    1, Sample.draft("one", .udp, Sample.ports(1000), sources: sources))
                _ = try await subject.apply(
                    .edits([ActiveEdit(before: one, after: next)], Self.settings))
                one = next
                try await subject.datagram(40000 + UInt16(round), to: 1000)
                if sources.isAnywhere {
                    expected.flows += 1
                    expected.inbound = expected.inbound + Volume(packets: 1, bytes: 29)
                } else {
                    expected.denied += 1
                }
                let traffic = try engine.traffic().forwards[one.id] ?? Traffic()
                #expect(traffic.flows == expected.flows)
                #expect(traffic.denied == expected.denied)
                #expect(traffic.inbound.packets == expected.inbound.packets)
            }
            _ = try await subject.apply(.everything([one], Self.settings))
            #expect(try engine.traffic().forwards[one.id]?.flows == expected.flows)
        }
    }

    @Test(arguments: Kind.allCases)
    func `ends the flows that a change made stale and tells how many`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let (one, two) = (try Self.active(1, Self.one), try Self.active(2, Self.two))
            _ = try await subject.apply(.everything([one, two], Self.settings))
            try await subject.datagram(40000, to: 1000)
            try await subject.datagram(40001, to: 1000)
            try await subject.datagram(40002, to: 2000)
            let flow = try #require(try engine.flows(of: two.id).first)
            #expect(flow.client == Sample.endpoint("203.0.113.9", 40002))
            #expect(flow.external == Sample.endpoint("203.0.113.5", 2000))
            #expect(flow.target == Sample.endpoint("192.168.7.10", 2000))
            let seen = kind == .relay ? "192.168.7.1" : "203.0.113.9"
            #expect(flow.seenSource.address == Sample.address(seen))
            let moved = try Self.active(
                1, Sample.draft("one", .udp, Sample.ports(1000), targetPorts: Sample.ports(500)))
            let report = try await subject.apply(
                .edits([ActiveEdit(before: one, after: moved)], Self.settings))
            #expect(report.flowsEnded == 2)
            #expect(try engine.flows(of: nil).map(\.forward) == [two.id])
            let last = try await subject.apply(.everything([moved], Self.settings))
            #expect(last == ApplyReport(flowsEnded: 1, adopted: 1))
            #expect(try engine.settle() == ApplyReport())
        }
    }

    @Test(arguments: Kind.allCases)
    func `ends a flow by its number, and no other`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let one = try Self.active(1, Self.one)
            _ = try await subject.apply(.everything([one], Self.settings))
            for source in [40000, 40001] as [UInt16] {
                try await subject.datagram(source, to: 1000)
            }
            let flows = try engine.flows(of: nil)
            #expect(Set(flows.map(\.number)).count == 2)
            let first = try #require(flows.first?.number)
            #expect(try engine.end(first))
            #expect(try engine.flows(of: nil).map(\.number) == flows.dropFirst().map(\.number))
            #expect(try !engine.end(first))
            #expect(try !engine.end(.relay(.stream, loop: 0, place: 0, generation: 0)))
            #expect(try engine.endedFlows(of: one.id, limit: 0).isEmpty)
            // One that comes where the other was has another number.
            try await subject.datagram(flows[0].client.port, to: 1000)
            #expect(try engine.flows(of: nil).count == 2)
            #expect(try !engine.end(first))
            #expect(try engine.flows(of: nil).count == 2)
        }
    }

    @Test(arguments: Kind.allCases)
    func `carries nothing after it was withdrawn, and can begin again`(kind: Kind) async throws {
        try await Self.with(kind) { subject in
            let engine = subject.engine
            let one = try Self.active(1, Self.one)
            #expect(try engine.traffic() == TrafficReport())
            _ = try await subject.apply(.everything([one], Self.settings))
            try await subject.datagram(40000, to: 1000)
            try engine.withdraw()
            #expect(try engine.installed().isEmpty)
            #expect(try engine.flows(of: nil).isEmpty)
            #expect(try engine.traffic() == TrafficReport())
            let edit = ActiveEdit(before: nil, after: one)
            await #expect(throws: EngineError.system(code: EINVAL, during: .commit)) {
                try await subject.apply(.edits([edit], Self.settings))
            }
            _ = try await subject.apply(.everything([one], Self.settings))
            #expect(try engine.installed() == [one.id])
            let traffic = try engine.traffic().forwards.values
            #expect(traffic.allSatisfy { $0 == Traffic() })
        }
    }
}

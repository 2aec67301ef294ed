import Addressing
import Forwarding
import Netlink
import TestKit
import Testing

@Suite struct `Starting again` {
    static let wan = "203.0.113.5"
    static let me = "203.0.113.9"

    @Test func `forwards work on without an engine and are adopted without a gap`() async throws {
        try await Lab.with { lab in
            let narrow = SourcePolicy(allowed: [Sample.prefix("203.0.113.0/24")])
            let drafts = [
                Sample.draft("voice", .udp),
                Sample.draft("range", .tcpAndUDP, Sample.ports(20000, 20009)),
                Sample.draft(
                    "shift", .udp, Sample.ports(30000, 30003),
                    targetPorts: Sample.ports(31000, 31003), sources: narrow, hairpin: false),
                Sample.draft("pin", .udp, to: "2001:db8:7::10", sources: narrow),
                Sample.draft(
                    "leased", .tcp, Sample.ports(5000), sourceAddress: .rewritten,
                    ends: .at(.present + 3600)),
                Sample.draft(
                    "one", .udp, Sample.ports(6000),
                    scope: .interface(Sample.interface("wan1"))),
            ]
            var first: LabEngine? = try await LabEngine.open(on: lab)
            first?.settings.now = .present
            try first?.carry(first?.numbered(drafts) ?? [])
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            #expect(try caller.reaches(server))
            let number = try await lab.gateway.flowNumber(from: caller.source)
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()

            #expect(try caller.reaches(server))
            let visit = try await server.visit(
                .udp, from: lab.internet, to: Sample.endpoint(Self.wan, 8443))
            #expect(visit == .answered(seenAs: Self.me))

            let second = try await LabEngine.open(on: lab)
            let traffic = try second.engine.traffic()
            #expect(traffic.forwards[Sample.id(1)]?.flows == 2)
            let before = try #require(try await lab.gateway.generation())
            second.settings.now = .present
            let report = try second.carry(second.numbered(drafts))
            #expect(report == ApplyReport(adopted: drafts.count, foundIntact: true))
            // Taking the ownership is all.
            #expect(try await lab.gateway.generation() == before + 1)
            #expect(try second.engine.traffic() == traffic)
            #expect(try await lab.gateway.flowNumber(from: caller.source) == number)
            #expect(try caller.reaches(server))
            #expect(try second.engine.settle().flowsEnded == 0)
            // And it is the second's to edit now, chains that were adopted included.
            for number in 1...6 as ClosedRange<UInt16> { try second.put(number, nil) }
            #expect(try second.engine.installed().isEmpty)
            let listing = try lab.gateway.shell("nft list table inet portcullis")
            #expect(!listing.contains("who_") && !listing.contains("shift_"))
        }
    }

    @Test func `what is no more wanted goes, and its flows with it`() async throws {
        try await Lab.with { lab in
            var first: LabEngine? = try await LabEngine.carrying(
                Sample.draft("kept", .udp, Sample.ports(1000)),
                Sample.draft("moved", .udp, Sample.ports(1001)),
                Sample.draft("gone", .udp, Sample.ports(1002), hairpin: false),
                Sample.draft("narrowed", .udp, Sample.ports(1003)), on: lab)
            #expect(try first?.engine.installed().count == 4)
            var callers: [Caller] = []
            for port in 1000...1003 as ClosedRange<UInt16> {
                let server = try await Wire.listening(.udp, on: lab.lan1, port)
                let caller = try await Caller.on(
                    lab.internet, from: Self.me, port: 39000 + port, to: Self.wan, port)
                #expect(try caller.reaches(server))
                callers.append(caller)
            }
            let number = try await lab.gateway.flowNumber(from: callers[0].source)
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()

            let second = try await LabEngine.open(on: lab)
            let sources = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
            let wanted: [(UInt16, ForwardDraft)] = [
                (1, Sample.draft("kept", .udp, Sample.ports(1000))),
                (2, Sample.draft("moved", .udp, Sample.ports(1001), to: "192.168.7.20")),
                (4, Sample.draft("narrowed", .udp, Sample.ports(1003), sources: sources)),
                (5, Sample.draft("new", .udp, Sample.ports(1004))),
            ]
            let report = try second.carry(wanted.compactMap { second.active($0, $1) })
            #expect(report == ApplyReport(flowsEnded: 3, adopted: 1))
            #expect(
                try second.engine.installed() == Set([1, 2, 4, 5].map { Sample.id($0) }))
            #expect(try await lab.gateway.flowNumber(from: callers[0].source) == number)
            let server = try await Wire.listening(.udp, on: lab.lan2, 1001)
            #expect(try callers[1].reaches(server))
            let left = try await lab.gateway.conntrack().filter {
                [1002, 1003].contains($0.original.destinationPort) && $0.mark != 0
            }
            #expect(left.isEmpty)
        }
    }

    @Test func `the counters of a forward that went while nobody ran are not inherited`()
        async throws
    {
        try await Lab.with { lab in
            var first: LabEngine? = try await LabEngine.carrying(
                Sample.draft("old", .udp), on: lab)
            #expect(
                try await lab.internet.knock(.udp, at: Sample.endpoint(Self.wan, 8443)) != .silence)
            #expect(try first?.traffic(of: 1).flows == 1)
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()
            let second = try await LabEngine.open(on: lab)
            try second.carry([])
            try second.put(1, Sample.draft("new", .udp, Sample.ports(9000)))
            #expect(try second.traffic(of: 1) == Traffic())
        }
    }

    @Test func `a living engine's table is not taken away`() async throws {
        try await Lab.with { lab in
            let first = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let second = try await LabEngine.open(on: lab)
            #expect(throws: EngineError.ownedByAnother) { try second.carry([]) }
            #expect(throws: EngineError.ownedByAnother) { try second.engine.withdraw() }
            #expect(try second.engine.installed() == [Sample.id(1)])
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let visit = try await server.visit(
                .udp, from: lab.internet, to: Sample.endpoint(Self.wan, 8443))
            #expect(visit?.isAnswered == true)
            #expect(try first.put(1, nil).flowsEnded == 1)
        }
    }

    @Test func `withdrawing takes everything out and ends the flows`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: Self.wan, 8443)
            #expect(try caller.reaches(server))
            try engine.engine.withdraw()
            #expect(try !caller.reaches(server, within: 100))
            #expect(try engine.engine.installed().isEmpty)
            #expect(try engine.engine.traffic() == TrafficReport())
            #expect(try lab.gateway.shell("nft list tables").isEmpty)
            try engine.engine.withdraw()
            try engine.carry(engine.numbered([Sample.draft("voice", .udp)]))
            #expect(try caller.reaches(server))
        }
    }
}

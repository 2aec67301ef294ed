import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Edits of a living table` {
    static let wan = "203.0.113.5"

    @Test func `a connection outlives two hundred edits of other forwards`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Sample.endpoint(Self.wan, 8443)))
            let accepted = try #require(try server.accept())
            let sources = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
            for round in 0..<10 {
                // Added, sent elsewhere, narrowed, removed; always with the internal port of ours.
                let steps: [(String, SourcePolicy)?] = [
                    ("192.168.7.10", .anywhere), ("192.168.7.20", .anywhere),
                    ("192.168.7.10", sources), nil,
                ]
                for step in steps {
                    let drafts = step.map { target, sources in
                        { (port: UInt16) in
                            Sample.draft(
                                "n\(port)", .tcpAndUDP, Sample.ports(port), to: target,
                                targetPorts: Sample.ports(8443), sources: sources)
                        }
                    }
                    // By themselves, a few at a time, and more than a few.
                    let count = [1, 4, 5][round % 3] as UInt16
                    for first in stride(from: 2, to: 7, by: Int(count)) {
                        let numbers = UInt16(first)..<min(7, UInt16(first) + count)
                        let report = try engine.put(numbers.map { ($0, drafts?(1000 + $0)) })
                        #expect(report.flowsEnded == 0)
                    }
                }
                try client.send([1])
                #expect(try accepted.wire.receive() == [1])
                try accepted.wire.send([2])
                #expect(try client.receive() == [2])
            }
            #expect(try engine.traffic(of: 1).flows == 1)
            #expect(try engine.engine.installed() == [Sample.id(1)])
        }
    }

    @Test func `new connections come about all through a thousand edits`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            async let edits: Void = lab.gateway.run {
                for round in 0..<200 {
                    let target = round % 2 == 0 ? "192.168.7.10" : "192.168.7.20"
                    let drafts = [
                        Sample.draft("a", .tcp, Sample.ports(9), to: target),
                        Sample.draft("b", .udp, Sample.ports(10, 20), to: target),
                        Sample.draft(
                            "c", .tcp, Sample.ports(30, 33), to: target,
                            targetPorts: Sample.ports(40, 43)),
                        Sample.draft("d", .tcp, Sample.ports(50), hairpin: round % 2 == 0),
                        Sample.draft("e", .tcp, Sample.ports(60)),
                    ]
                    let isGone = round % 3 == 2
                    try engine.put(zip(2..., drafts).map { ($0, isGone ? nil : $1) })
                }
            }
            for _ in 0..<200 {
                let client = try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint(Self.wan, 8443))
                #expect(client != nil)
                #expect(try server.accept() != nil)
            }
            try await edits
            // No first packet was lost and sent again.
            #expect(try engine.traffic(of: 1).flows == 200)
        }
    }

    @Test func `removing a forward ends its connections`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Sample.endpoint(Self.wan, 8443)))
            let accepted = try #require(try server.accept())
            #expect(try engine.put(1, nil).flowsEnded == 1)
            try client.send([1])
            #expect(try accepted.wire.receive(within: 100) == nil)
            #expect(try engine.engine.flows(of: nil).isEmpty)
            let external = Sample.endpoint(Self.wan, 8443)
            #expect(try await lab.internet.knock(.tcp, at: external) == .silence)
        }
    }

    @Test func `two forwards swap their ports in one step`() async throws {
        try await Lab.with { lab in
            func draft(_ name: String, _ port: UInt16, _ target: String) -> ForwardDraft {
                Sample.draft(
                    name, .udp, Sample.ports(port), to: target, targetPorts: Sample.ports(500))
            }
            let engine = try await LabEngine.carrying(
                draft("one", 1000, "192.168.7.10"), draft("two", 1001, "192.168.7.20"), on: lab)
            let first = try await Wire.listening(.udp, on: lab.lan1, 500)
            let second = try await Wire.listening(.udp, on: lab.lan2, 500)
            let caller = try await Caller.on(
                lab.internet, from: "203.0.113.9", port: 40000, to: Self.wan, 1000)
            #expect(try caller.reaches(first))
            let report = try engine.put([
                (1, draft("one", 1001, "192.168.7.10")), (2, draft("two", 1000, "192.168.7.20")),
            ])
            #expect(report.flowsEnded == 1)
            #expect(try caller.reaches(second))
        }
    }

    @Test func `the next forward of a number starts from zero`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let external = Sample.endpoint(Self.wan, 8443)
            _ = try await server.visit(.udp, from: lab.internet, to: external)
            #expect(try engine.traffic(of: 1).flows == 1)
            // A change keeps them.
            try engine.put(1, Sample.draft("voice", .udp, hairpin: false))
            #expect(try engine.traffic(of: 1).flows == 1)
            try engine.put(1, nil)
            try engine.put(1, Sample.draft("voice", .udp))
            #expect(try engine.traffic(of: 1) == Traffic())
        }
    }

    @Test func `a refused edit changes nothing and names the forward`() async throws {
        try await Lab.with { lab in
            let narrow = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
            let first = Sample.draft("voice", .udp)
            let engine = try await LabEngine.carrying(
                first, Sample.draft("two", .udp, Sample.ports(2000)), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: "203.0.113.9", port: 40000, to: Self.wan, 8443)
            #expect(try caller.reaches(server))
            let before = try lab.listing()
            let error = #expect(throws: EngineError.self) {
                try engine.put([
                    (5, Sample.draft("fine", .udp, Sample.ports(3000), sources: narrow)),
                    (1, Sample.draft("voice", .udp, to: "192.168.7.20")),
                    (6, Sample.draft("clash", .udp, Sample.ports(2000))),
                    (
                        7,
                        Sample.draft(
                            "shift", .udp, Sample.ports(4000, 4003),
                            targetPorts:
                                Sample.ports(5000, 5003))
                    ),
                ])
            }
            guard case .refused(let forward, let code, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(forward == Sample.id(6))
            #expect(code == 17)
            #expect(try engine.engine.installed() == [Sample.id(1), Sample.id(2)])
            #expect(try lab.listing() == before)
            #expect(try caller.reaches(server))
            // The same without the fault goes in, chains and all.
            try engine.put([
                (5, Sample.draft("fine", .udp, Sample.ports(3000), sources: narrow)),
                (
                    7,
                    Sample.draft(
                        "shift", .udp, Sample.ports(4000, 4003),
                        targetPorts:
                            Sample.ports(5000, 5003))
                ),
            ])
            let external = Sample.endpoint(Self.wan, 3000)
            #expect(try await lab.internet.knock(.udp, at: external) == .silence)
            #expect(try engine.traffic(of: 5).denied == 1)
        }
    }

    @Test func `a refused whole table changes nothing either`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("one", .udp), Sample.draft("two", .udp, Sample.ports(2000)), on: lab)
            let before = try lab.listing()
            let clash = engine.numbered([
                Sample.draft("one", .udp, Sample.ports(2001)),
                Sample.draft("two", .udp, Sample.ports(2000)),
                Sample.draft("three", .tcpAndUDP, Sample.ports(2001)),
            ])
            let error = #expect(throws: EngineError.self) { try engine.carry(clash) }
            guard case .refused(_, code: 17, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try engine.engine.installed() == [Sample.id(1), Sample.id(2)])
            #expect(try lab.listing() == before)
        }
    }

    @Test func `among many elements in one message the refused one is found`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            let drafts = (1...40 as ClosedRange<UInt16>).map { number in
                Sample.draft("n\(number)", .udp, Sample.ports(number == 29 ? 5 : number))
            }
            let error = #expect(throws: EngineError.self) {
                try engine.carry(engine.numbered(drafts))
            }
            #expect(error == .refused(Sample.id(29), code: 17, detail: ""))
            #expect(try engine.engine.installed().isEmpty)
        }
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

/// The rules of several WANs come and go with the second one; what is there stays as it is.
@Suite struct `A second WAN` {
    private static let one: EngineSettings = {
        var settings = Sample.settings()
        settings.network.wans.removeLast()
        return settings
    }()

    @Test func `comes by an edit and goes by one, and cuts no flow`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("voice", .udp), on: lab, Self.one)
            let single = try lab.listing()
            #expect(!single.contains { $0.contains("by_wan") })
            try engine.move(to: Sample.network)
            let edited = try lab.listing()
            try engine.engine.withdraw()
            try engine.carry(engine.numbered([Sample.draft("voice", .udp)]))
            #expect(try lab.listing() == edited)
            #expect(edited.contains { $0.contains("by_wan") })
            try engine.move(to: Self.one.network)
            #expect(try lab.listing() == single)

            let caller = try await Caller.on(
                lab.internet, from: "203.0.113.9", port: 40000, to: "203.0.113.5", 8443)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            #expect(try caller.reaches(server))
            let number = try await lab.gateway.flowNumber(from: caller.source)
            for network in [Sample.network, Self.one.network] {
                #expect(try engine.move(to: network).flowsEnded == 0)
                #expect(try caller.reaches(server))
                #expect(try await lab.gateway.flowNumber(from: caller.source) == number)
            }
        }
    }

    @Test func `that came while no engine ran is adopted, with the flows`() async throws {
        try await Lab.with { lab in
            var first: LabEngine? = try await LabEngine.carrying(
                Sample.draft("voice", .udp), on: lab, Self.one)
            let caller = try await Caller.on(
                lab.internet, from: "203.0.113.9", port: 40000, to: "203.0.113.5", 8443)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            #expect(try caller.reaches(server))
            #expect(try first?.traffic(of: 1).flows == 1)
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()
            let second = try await LabEngine.open(on: lab)
            let report = try second.carry(second.numbered([Sample.draft("voice", .udp)]))
            #expect(report == ApplyReport(flowsEnded: 0, adopted: 1))
            #expect(try second.traffic(of: 1).flows == 1)
            #expect(try lab.listing().contains { $0.contains("by_wan") })
            #expect(try caller.reaches(server))
        }
    }
}

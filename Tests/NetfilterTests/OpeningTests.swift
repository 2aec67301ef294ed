import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Schedules in the kernel` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    private struct Scene {
        var engine: LabEngine
        var open: ActiveForward
        var closed: ActiveForward
    }

    /// A forward whose schedule closes after some seconds, and the same when it is closed.
    private func scene(_ lab: Lab, _ closing: Closing, closesIn seconds: Int64) async throws
        -> Scene
    {
        let engine = try await LabEngine.open(on: lab)
        engine.settings.now = .present
        let forward = Sample.forward(1, Sample.draft("nas", closing: closing))
        func active(_ opening: Opening) throws -> ActiveForward {
            try #require(forward.active(in: Sample.surroundings, opening: opening))
        }
        let scene = Scene(
            engine: engine, open: try active(.until(.present + seconds)),
            closed: try active(.closed))
        try engine.carry([scene.open])
        return scene
    }

    private func connect(_ lab: Lab) async throws -> Wire? {
        try await Wire.connected(on: lab.internet, to: outside, within: 400)
    }

    @Test(arguments: Closing.allCases)
    func `the kernel closes by itself, and live flows end or stay as was said`(
        closing: Closing
    ) async throws {
        try await Lab.with { lab in
            let scene = try await scene(lab, closing, closesIn: 2)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(try await connect(lab))
            let accepted = try #require(try server.accept())
            // Nobody tells the engine anything.
            let isClosed = try await eventually(within: 10) {
                if try await connect(lab) != nil { _ = try server.accept() }
                return try scene.engine.traffic(of: 1).denied > 0
            }
            #expect(isClosed)
            #expect(try await connect(lab) == nil)
            try client.send([1])
            #expect((try accepted.wire.receive(within: 700) != nil) == (closing == .keep))
        }
    }

    @Test(arguments: Closing.allCases)
    func `told that it is closed, the engine ends what must end; told that it is open, it opens`(
        closing: Closing
    ) async throws {
        try await Lab.with { lab in
            let scene = try await scene(lab, closing, closesIn: 3600)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(try await connect(lab))
            let report = try scene.engine.engine.apply(
                .edits(
                    [ActiveEdit(before: scene.open, after: scene.closed)], scene.engine.settings))
            #expect(report.flowsEnded == (closing == .end ? 1 : 0))
            #expect(try await connect(lab) == nil)
            _ = try scene.engine.engine.apply(
                .edits(
                    [ActiveEdit(before: scene.closed, after: scene.open)], scene.engine.settings))
            #expect(try await connect(lab) != nil)
            withExtendedLifetime((server, client)) {}
        }
    }

    @Test func `a flow that nobody answers lives on when new ones are refused`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            let forward = Sample.forward(1, Sample.draft("nas", .udp, closing: .keep))
            func active(_ opening: Opening) throws -> ActiveForward {
                try #require(forward.active(in: Sample.surroundings, opening: opening))
            }
            let open = try active(.until(Sample.now + 3600))
            try engine.carry([open])
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(on: lab.internet, to: outside)
            try client.send([1])
            #expect(try server.receive() == [1])
            _ = try engine.engine.apply(
                .edits([ActiveEdit(before: open, after: try active(.closed))], engine.settings))
            try client.send([2])
            #expect(try server.receive() == [2])
            let other = try await Wire.udp(on: lab.internet, to: outside)
            try other.send([3])
            #expect(try server.receive(within: 400) == nil)
        }
    }

    @Test func `what closed while nobody was there ends its flows at the next start`() async throws
    {
        try await Lab.with { lab in
            let scene = try await scene(lab, .end, closesIn: 3600)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(try await connect(lab))
            let report = try scene.engine.carry([scene.closed])
            #expect(report.flowsEnded == 1)
            #expect(try scene.engine.carry([scene.closed]).flowsEnded == 0)
            withExtendedLifetime((server, client)) {}
        }
    }

    @Test func `a closed forward found in the kernel is adopted as it is`() async throws {
        try await Lab.with { lab in
            let scene = try await scene(lab, .keep, closesIn: 3600)
            try scene.engine.carry([scene.closed])
            #expect(
                try scene.engine.engine.apply(.everything([scene.closed], scene.engine.settings))
                    .foundIntact)
        }
    }
}

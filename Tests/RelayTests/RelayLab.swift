import Addressing
import Forwarding
import TestKit
import Testing

@testable import Relay

/// A relay on a lab's gateway, and the forwards that it carries.
// SAFETY: each test uses its relay from one task, one call after the other.
final class RelayLab: @unchecked Sendable {
    let lab: Lab
    let engine: RelayEngine
    var surroundings = Sample.surroundings
    private(set) var carried: [ForwardID: ActiveForward] = [:]

    private init(_ lab: Lab, _ engine: RelayEngine) {
        self.lab = lab
        self.engine = engine
    }

    /// Runs a test with a relay of one loop that carries forwards, numbered from 1.
    static func with(
        _ drafts: ForwardDraft..., settings: RelaySettings = RelaySettings(threads: 1),
        resolved: [TargetHost: ResolvedTarget] = [:], _ body: (RelayLab) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let engine = try await lab.gateway.run {
                Engine(engine: try RelayEngine(settings) { _ in })
            }.engine
            let relay = RelayLab(lab, engine)
            relay.surroundings.resolved = resolved
            _ = try await relay.carry(drafts)
            try await body(relay)
            try engine.withdraw()
            #expect(try await relay.isEmpty(), "flows, descriptors or buffers are left")
        }
    }

    // SAFETY: handed over once, from the thread that made it.
    private struct Engine: @unchecked Sendable { var engine: RelayEngine }

    private var settings: EngineSettings {
        EngineSettings(network: surroundings.network, guarded: true, now: Sample.now)
    }

    func active(_ number: UInt16, _ draft: ForwardDraft) -> ActiveForward? {
        Sample.forward(number, draft).active(in: surroundings, at: Sample.now)
    }

    private func carry(_ drafts: [ForwardDraft]) async throws -> ApplyReport {
        let forwards = zip(1..., drafts).compactMap { active($0, $1) }
        carried = Dictionary(uniqueKeysWithValues: forwards.map { ($0.id, $0) })
        return try await apply(.everything(forwards, settings))
    }

    /// Adds forwards, replaces them, or with nil takes them away.
    @discardableResult
    func put(_ changes: (UInt16, ForwardDraft?)...) async throws -> ApplyReport {
        var after = carried
        let edits = changes.map { number, draft in
            let id = Sample.id(number)
            after[id] = draft.flatMap { active(number, $0) }
            return ActiveEdit(before: carried[id], after: after[id])
        }
        let report = try await apply(.edits(edits, settings))
        carried = after
        return report
    }

    /// New sockets belong to the network of the thread that makes them.
    private func apply(_ change: EngineChange) async throws -> ApplyReport {
        try await lab.gateway.run { [self] in try engine.apply(change) }
    }

    func traffic(of number: UInt16 = 1) throws -> Traffic {
        try engine.traffic().forwards[Sample.id(number)] ?? Traffic()
    }

    func reports(_ wish: ReportWish) throws -> [LoopReport] {
        try engine.loops.map { try $0.ask(wish) }
    }

    /// How the flows ended, the last one first.
    var endings: [String] {
        get throws { try reports(.endedFlows).flatMap { $0.ended.map(\.reason.description) } }
    }

    /// Whether nothing is left of any flow soon: no place, no buffer, no pipe lent, no socket.
    func isEmpty() async throws -> Bool {
        try await eventually {
            try reports(.resources).allSatisfy {
                let left = $0.resources
                return left.streams == 0 && left.pipesLent == 0 && left.buffersLent == 0
                    && left.descriptors == 2 * left.pipes
            } && sockets() == 0
        }
    }

    /// Sockets of connections that a program on the gateway still has open.
    func sockets() throws -> Int {
        let lines = try lab.gateway.shell("cat /proc/net/tcp /proc/net/tcp6")
            .split(separator: "\n").map { $0.split(separator: " ") }
        return lines.count { $0.count > 9 && $0[0] != "sl" && $0[3] != "0A" && $0[9] != "0" }
    }

    static func wan(_ port: UInt16 = 8443) -> Endpoint { Sample.endpoint("203.0.113.5", port) }

    /// A client outside.
    func client(
        _ port: UInt16 = 8443, from source: Endpoint? = nil
    ) async throws -> Wire {
        try #require(
            try await Wire.connected(on: lab.internet, from: source, to: Self.wan(port)))
    }

    /// A client outside and, through the relay, the server inside.
    func pair(_ listener: Wire, _ port: UInt16 = 8443) async throws -> (client: Wire, server: Wire)
    {
        let client = try await client(port)
        let server = try #require(try await lab.lan1.run { try listener.accept() })
        // The kernel has a connection before the loop has heard of it.
        _ = try await eventually {
            try reports(.flows(service: nil)).flatMap(\.flows).allSatisfy { $0.phase == .flowing }
        }
        return (client, server.wire)
    }

    /// Both sides speak and listen at once.
    func talk(
        _ client: Wire, _ question: Wire.Speech, _ server: Wire, _ answer: Wire.Speech
    ) async throws -> (client: Wire.Heard, server: Wire.Heard) {
        async let asked = lab.internet.run {
            try client.converse(question, hearing: Pattern.answer)
        }
        async let told = lab.lan1.run { try server.converse(answer, hearing: Pattern.question) }
        return (try await asked, try await told)
    }
}

extension Wire.Speech {
    static func question(
        _ count: Int, _ close: Close = .end, mostAtOnce: Int = 65536, seed: Seed = Seed(0)
    ) -> Self {
        Self(count, of: .question, close, mostAtOnce: mostAtOnce, seed: seed)
    }

    static func answer(
        _ count: Int, _ close: Close = .end, mostAtOnce: Int = 65536, seed: Seed = Seed(0)
    ) -> Self {
        Self(count, of: .answer, close, mostAtOnce: mostAtOnce, seed: seed)
    }
}

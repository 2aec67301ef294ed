import Addressing
import Forwarding
import Glibc
import Netfilter
import Synchronization
import TestKit
import Testing

/// A kernel engine on a lab's gateway, and the forwards that it was told to carry.
///
/// It is made on a thread inside the gateway's network. Its sockets stay there, so it can be used
/// from any other thread afterwards.
// SAFETY: each test uses its engine from one task, one call after the other.
final class LabEngine: @unchecked Sendable {
    let engine: any ForwardingEngine
    var settings: EngineSettings
    private(set) var carried: [ForwardID: ActiveForward] = [:]

    private init(_ engine: any ForwardingEngine, _ settings: EngineSettings) {
        self.engine = engine
        self.settings = settings
    }

    /// Opens the engine; nothing is installed yet.
    static func open(
        on lab: Lab, _ settings: EngineSettings = Sample.settings(), owned: Bool = true
    ) async throws -> LabEngine {
        try await lab.gateway.make { LabEngine(try KernelEngine(owned: owned), settings) }
    }

    /// Opens the engine and has it carry forwards, numbered from 1.
    static func carrying(
        _ drafts: ForwardDraft..., on lab: Lab, _ settings: EngineSettings = Sample.settings()
    ) async throws -> LabEngine {
        let opened = try await open(on: lab, settings)
        try opened.carry(opened.numbered(drafts))
        return opened
    }

    func numbered(_ drafts: [ForwardDraft]) -> [ActiveForward] {
        zip(1..., drafts).compactMap { active($0, $1) }
    }

    func active(_ number: UInt16, _ draft: ForwardDraft) -> ActiveForward? {
        Sample.forward(number, draft)
            .active(in: Surroundings(network: settings.network), at: settings.now)
    }

    /// Opens the engine and has it carry forwards with leases, by the real time.
    static func leasing(_ drafts: ForwardDraft..., on lab: Lab) async throws -> LabEngine {
        let opened = try await open(on: lab)
        opened.settings.now = .present
        try opened.carry(opened.numbered(drafts))
        return opened
    }

    /// Has it carry exactly these.
    @discardableResult
    func carry(_ forwards: [ActiveForward]) throws -> ApplyReport {
        let report = try engine.apply(.everything(forwards, settings))
        carried = Dictionary(uniqueKeysWithValues: forwards.map { ($0.id, $0) })
        return report
    }

    /// Adds a forward, replaces it, or with nil takes it away.
    @discardableResult
    func put(_ number: UInt16, _ draft: ForwardDraft?) throws -> ApplyReport {
        try put([(number, draft)])
    }

    /// The same for several in one step.
    @discardableResult
    func put(_ changes: [(UInt16, ForwardDraft?)]) throws -> ApplyReport {
        var after = carried
        let edits = changes.map { number, draft in
            let id = Sample.id(number)
            after[id] = draft.flatMap { active(number, $0) }
            return ActiveEdit(before: carried[id], after: after[id])
        }
        let report = try engine.apply(.edits(edits, settings))
        carried = after
        return report
    }

    /// Tells it of another network, and of nothing else.
    @discardableResult
    func move(to network: NetworkView) throws -> ApplyReport {
        settings.network = network
        return try engine.apply(.edits([], settings))
    }

    func traffic(of number: UInt16) throws -> Traffic {
        try engine.traffic().forwards[Sample.id(number)] ?? Traffic()
    }
}

extension Timestamp {
    /// What the kernel's clock says; leases are counted by it.
    static var present: Timestamp { Timestamp(seconds: Int64(time(nil))) }
}

extension Host {
    /// Makes an object in this machine's network that is gone as soon as the caller lets go of it.
    ///
    /// A result of `run` is held by the thread, too, for the moment that it lives on.
    func make<Object: Sendable>(
        _ body: @escaping @Sendable () throws -> Object
    ) async throws -> Object {
        let place = Handover<Object>()
        try await run { place.put(try body()) }
        return try #require(place.take())
    }
}

private final class Handover<Object: Sendable>: Sendable {
    private let object = Mutex<Object?>(nil)

    func put(_ made: Object) { object.withLock { $0 = made } }

    func take() -> Object? {
        object.withLock { object in
            defer { object = nil }
            return object
        }
    }
}

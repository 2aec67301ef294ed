import Addressing
import Forwarding
import Foundation
import Gateway
import Logging
import Storage
import Synchronization
import TestKit

/// Everything around a gateway, in the hands of a test.
final class World: Facts {
    private struct State {
        var now = Sample.now
        var names: [HostName: ResolvedName?] = [:]
        var asked: [HostName: Int] = [:]
        var listeners: [Listener] = []
    }

    private let state = Mutex(State())
    let failures = Mutex<[EngineError]>([])
    /// Whether another program has had its hands in the engine, whenever everything is asked of it.
    let isDisturbed = Mutex(false)
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "gateway-\(UUID().uuidString.prefix(8))").path

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The engines of this world's gateways; the kernel's table outlives a gateway, and so does this.
    let kernel = Kernel()

    func now() -> Timestamp { state.withLock { $0.now } }

    func pass(_ seconds: Int64) { state.withLock { $0.now = $0.now + seconds } }

    /// From now on `name` is at `address` for ten seconds at a time; nil for a server that is down.
    func say(_ name: String, _ address: String?) {
        guard let host = HostName(name) else { return }
        let answer = address.map {
            ResolvedName(target: ResolvedTarget(Sample.address($0)), seconds: 10)
        }
        state.withLock { $0.names[host] = .some(answer) }
    }

    func timesAsked(_ name: String) -> Int {
        HostName(name).map { host in state.withLock { $0.asked[host] ?? 0 } } ?? 0
    }

    func resolve(_ name: HostName) async -> ResolvedName? {
        state.withLock {
            $0.asked[name, default: 0] += 1
            return $0.names[name] ?? nil
        }
    }

    func zone(_ name: TimeZoneName?) -> TimeZoneRules? { name == nil ? .utc : nil }

    func listeners(on ports: [ClaimedPorts]) -> [Listener] { state.withLock { $0.listeners } }

    func listeners() -> [Listener] { state.withLock { $0.listeners } }

    /// Where devices are, by their hardware addresses.
    let neighbours = Mutex<[IPAddress: MACAddress]>([:])

    func hardwareAddress(of address: IPAddress, on interface: InterfaceName) -> MACAddress? {
        neighbours.withLock { $0[address] }
    }

    func externalPort(
        of device: Endpoint, towards peer: Endpoint, _ transport: TransportProtocol
    ) -> UInt16? { nil }

    /// A gateway on this world's folder; a second one is what a restart makes.
    func gateway(
        _ observation: NetworkObservation = NetworkObservation(view: Sample.network)
    ) async throws -> Gateway {
        var log = Logger(label: "test")
        log.logLevel = .critical
        let gateway = Gateway(
            store: try SQLiteStore(folder: folder), engine: ScriptedEngine(self), facts: self,
            settings: GatewaySettings(), observation: observation, log: log)
        try await gateway.start()
        return gateway
    }
}

// SAFETY: a test lets one gateway after the other have it, and looks only while none is at work.
final class Kernel: @unchecked Sendable {
    let engine = FakeEngine()
}

extension World {
    var carried: [ActiveForward] {
        kernel.engine.carried.values.sorted { $0.id < $1.id }
    }

    func fate(of packet: Packet) -> Fate? {
        carried.lazy.compactMap { $0.fate(of: packet, in: Sample.network) }.first
    }

    func arrive(_ packet: Packet, bytes: UInt64) { kernel.engine.arrive(packet, bytes: bytes) }
}

/// The fake engine, which fails when the world says so.
final class ScriptedEngine: ForwardingEngine {
    private let world: World
    private let fake: FakeEngine

    init(_ world: World) {
        self.world = world
        fake = world.kernel.engine
    }

    var capabilities: EngineCapabilities { fake.capabilities }
    func installed() throws(EngineError) -> Set<ForwardID> { try fake.installed() }
    func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        let isIntact = try fake.isIntact(forwards, settings)
        return isIntact && !world.isDisturbed.withLock(\.self)
    }
    func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> { try fake.cost(of: edits, settings) }
    func traffic() throws(EngineError) -> TrafficReport { try fake.traffic() }
    func settle() throws(EngineError) -> ApplyReport { try fake.settle() }
    func release() {}

    func withdraw() throws(EngineError) { try fake.withdraw() }

    func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow] {
        try fake.flows(of: forward)
    }

    func end(_ flow: FlowNumber) throws(EngineError) -> Bool { try fake.end(flow) }

    func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord] { try fake.endedFlows(of: forward, limit: limit) }

    func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        let failure = world.failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let failure { throw failure }
        var report = try fake.apply(change)
        if world.isDisturbed.withLock(\.self) { report.foundIntact = false }
        return report
    }
}

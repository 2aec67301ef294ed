import Addressing
package import Forwarding

/// Ending flows by hand, and what is remembered of those that ended.
extension RelayEngine {
    package func end(_ flow: FlowNumber) throws(EngineError) -> Bool {
        guard case .relay(let shape, let loop, let place, let generation) = flow,
            loops.indices.contains(Int(loop)), let index = Int32(exactly: place)
        else { return false }
        let id = FlowID(index: index, generation: generation &- run)
        do throws(RelayError) { return try loops[Int(loop)].end(shape, id) } catch {
            guard case .system(let code) = error else { throw EngineError(error) }
            throw .system(code: code, during: .flows)
        }
    }

    package func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord] {
        let all = try ask(.endedFlows).flatMap(\.ended).filter {
            forward == nil || $0.forward == forward?.number
        }
        // Each ring has the newest first; a stable order keeps it so within one second.
        let newest = all.enumerated().sorted {
            ($1.element.ended, $0.offset) < ($0.element.ended, $1.offset)
        }
        return newest.prefix(max(0, limit)).compactMap { EndedFlowRecord($0.element) }
    }
}

extension FlowNumber {
    init(_ facts: FlowFacts, _ loop: Int, _ run: UInt32) {
        self = .relay(
            facts.isStream ? .stream : .datagram, loop: UInt16(truncatingIfNeeded: loop),
            place: UInt32(facts.id.index), generation: facts.id.generation &+ run)
    }
}

extension EndedFlowRecord {
    fileprivate init?(_ flow: EndedFlow) {
        guard let forward = ForwardID(flow.forward) else { return nil }
        self.init(
            forward: forward, transport: flow.isStream ? .tcp : .udp,
            client: flow.source.endpoint, externalPort: flow.externalPort, reason: flow.reason,
            started: Timestamp(seconds: flow.started), ended: Timestamp(seconds: flow.ended),
            inbound: flow.inbound, outbound: flow.outbound)
    }
}

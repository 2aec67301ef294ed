import Addressing
import CLinux
package import Forwarding

/// What the loops know, put together.
extension RelayEngine {
    package func traffic() throws(EngineError) -> TrafficReport {
        var report = TrafficReport()
        for answer in try ask(.counters) {
            for entry in answer.counters {
                guard let id = ForwardID(UInt16(truncatingIfNeeded: entry.service)),
                    let forward = carried[id]
                else { continue }
                report.forwards[id] = (report.forwards[id] ?? Traffic()) + Traffic(entry.counters)
                // The one loop that has it counts; on the others it stays as it was.
                guard forward.limits.monthly != nil else { continue }
                report.budgets[id] = max(report.budgets[id] ?? 0, entry.used)
            }
        }
        return report
    }

    package func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow] {
        try facts(of: forward).compactMap { LiveFlow($0.facts, FlowNumber($0.facts, $0.loop, run)) }
    }

    package func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> {
        var costs: ByForward<FlowCost> = [:]
        for edit in edits {
            guard let id = edit.before?.id, carried[id] != nil else { continue }
            let judgement = StaleJudgement(edit.after, settings.network)
            for (_, facts) in try facts(of: id) where judgement.condemns(facts) {
                costs[id, default: FlowCost()].count(facts.isStream ? .tcp : .udp)
            }
        }
        return costs
    }

    /// Ends flows that the forwards as they are now would not carry as they go.
    func endStaleFlows(of forwards: [ForwardID]) throws(EngineError) -> Int {
        guard let network = settings?.network, let first = forwards.first else { return 0 }
        // One question for all of them: each waits for the loops' turns.
        let all = try facts(of: forwards.count == 1 ? first : nil)
        let concerned = Set(forwards.map { Int32($0.number) })
        let byService = Dictionary(
            grouping: all.filter { concerned.contains($0.facts.service) }, by: \.facts.service)
        var stale: [(loop: Int, facts: FlowFacts)] = []
        for (service, flows) in byService {
            let id = ForwardID(UInt16(truncatingIfNeeded: service))
            let judgement = StaleJudgement(id.flatMap { carried[$0] }, network)
            stale += flows.filter { judgement.condemns($0.facts) }
        }
        for loop in loops {
            let own = stale.filter { $0.loop == loop.number }.map(\.facts)
            loop.post(Self.orders(toEnd: own))
        }
        return stale.count
    }

    private static func orders(toEnd flows: [FlowFacts]) -> [LoopOrder] {
        let reason = EndReason(.killed, .data)
        let streams = flows.filter(\.isStream).map(\.id)
        let datagrams = flows.filter { !$0.isStream }.map(\.id)
        return (streams.isEmpty ? [] : [.end(streams, reason)])
            + (datagrams.isEmpty ? [] : [.endDatagrams(datagrams, reason)])
    }

    private func facts(
        of forward: ForwardID?
    ) throws(EngineError) -> [(loop: Int, facts: FlowFacts)] {
        let answers = try ask(.flows(service: forward.map { Int32($0.number) }))
        return zip(loops, answers).flatMap { loop, answer in
            answer.flows.map { (loop.number, $0) }
        }
    }

    func ask(_ wish: ReportWish) throws(EngineError) -> [LoopReport] {
        var answers: [LoopReport] = []
        do throws(RelayError) {
            for loop in loops { answers.append(try loop.ask(wish)) }
        } catch {
            guard case .system(let code) = error else { throw EngineError(error) }
            throw .system(code: code, during: .read)
        }
        return answers
    }
}

extension Traffic {
    init(_ counters: Service.Counters) {
        self.init(
            flows: counters.flows,
            inbound: Volume(packets: counters.inboundPackets, bytes: counters.inboundBytes),
            outbound: Volume(packets: counters.outboundPackets, bytes: counters.outboundBytes),
            denied: counters.denied, limited: counters.limited)
    }
}

extension LiveFlow {
    /// Nil for the flow of a forward that is gone.
    init?(_ facts: FlowFacts, _ number: FlowNumber) {
        guard let forward = ForwardID(UInt16(truncatingIfNeeded: facts.service)) else {
            return nil
        }
        // A Unix socket has no address to show.
        let nowhere = Endpoint(.v4(.any), 0)
        self.init(
            number: number, forward: forward, transport: facts.isStream ? .tcp : .udp,
            client: facts.source.endpoint, external: facts.external.endpoint,
            target: facts.target?.endpoint ?? nowhere,
            seenSource: facts.seenSource?.endpoint ?? nowhere, state: facts.stateText,
            inbound: Volume(packets: 0, bytes: facts.inbound),
            outbound: Volume(packets: 0, bytes: facts.outbound),
            started: Timestamp(seconds: facts.started))
    }
}

extension FlowFacts {
    fileprivate var stateText: String {
        guard isStream else { return halfOpen ? "unanswered" : "answered" }
        return switch phase {
        case .greeting: "greeting"
        case .connecting: "connecting"
        case .flowing: halfOpen ? "half-closed" : "established"
        case .resetting: "closing"
        }
    }
}

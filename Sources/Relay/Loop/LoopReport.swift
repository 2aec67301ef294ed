import CLinux
import Forwarding

/// What is asked of a loop.
enum ReportWish: Sendable {
    case counters
    /// The flows of one service, or of all.
    case flows(service: Int32?)
    case endedFlows
    case resources
}

/// What a loop answers.
struct LoopReport: Sendable {
    var counters: [ServiceCounters] = []
    var flows: [FlowFacts] = []
    var ended: [EndedFlow] = []
    var resources = Resources()

    struct ServiceCounters: Sendable {
        var service: Int32
        var counters: Service.Counters
        /// Bytes counted against the month.
        var used: UInt64
    }

    struct Resources: Sendable {
        var streams = 0
        var datagramFlows = 0
        var descriptors = 0
        var pipes = 0
        var pipesLent = 0
        var buffersLent = 0
        var shortages: UInt64 = 0
        var losses = DatagramLosses()
    }
}

/// A living flow, as others may know it.
struct FlowFacts: Sendable {
    var id: FlowID
    var service: Int32
    var isStream: Bool
    var phase: StreamFlow.Phase
    var source: clinux_endpoint
    /// Who is at the other end of the client's socket: a front proxy, or the client itself.
    var peer: clinux_endpoint
    var external: clinux_endpoint
    var target: clinux_endpoint?
    var seenSource: clinux_endpoint?
    var group: Int32
    var place: Int32
    var halfOpen: Bool
    var started: Int64
    var inbound: UInt64
    var outbound: UInt64
}

extension RelayLoop {
    func report(_ wish: ReportWish) -> LoopReport {
        var report = LoopReport()
        switch wish {
        case .counters: report.counters = allCounters()
        case .flows(let service): report.flows = allFlows(of: service)
        case .endedFlows: report.ended = ended.all
        case .resources:
            report.resources = LoopReport.Resources(
                streams: slots.count, datagramFlows: datagramSlots.count,
                descriptors: descriptors + pipes.descriptors, pipes: pipes.descriptors / 2,
                pipesLent: pipes.lent, buffersLent: buffers.lent, shortages: shortages,
                losses: losses)
        }
        return report
    }

    private func allCounters() -> [LoopReport.ServiceCounters] {
        (0..<serviceReach).compactMap { index in
            guard services[index].forward != 0 else { return nil }
            return LoopReport.ServiceCounters(
                service: index, counters: services[index].counters, used: services[index].used)
        }
    }

    private func allFlows(of service: Int32?) -> [FlowFacts] {
        let streams: [FlowFacts] = (0..<slots.reached).compactMap { index in
            guard slots.isTaken(index), service == nil || flows[index].service == service else {
                return nil
            }
            return facts(of: slots.id(at: index))
        }
        return streams + allDatagramFlows(of: service)
    }

    private func allDatagramFlows(of service: Int32?) -> [FlowFacts] {
        (0..<datagramSlots.reached).compactMap { index in
            guard datagramSlots.isTaken(index),
                service == nil || datagrams.flows[index].service == service
            else { return nil }
            return facts(ofDatagrams: datagramSlots.id(at: index))
        }
    }

    private func facts(of id: FlowID) -> FlowFacts {
        let flow = flows[id.index]
        var (peer, external) = (clinux_endpoint(), clinux_endpoint())
        // SAFETY: each call writes one endpoint, into a variable that outlives it.
        _ = unsafe clinux_peer_end(flow.client.descriptor, &peer)
        _ = unsafe clinux_own_end(flow.client.descriptor, &external)
        var (target, seen) = (clinux_endpoint(), clinux_endpoint())
        let isReached =
            flow.target.descriptor >= 0
            && (unsafe clinux_peer_end(flow.target.descriptor, &target)) >= 0
            && (unsafe clinux_own_end(flow.target.descriptor, &seen)) >= 0
        return FlowFacts(
            id: id, service: flow.service, isStream: true, phase: flow.phase, source: flow.source,
            peer: peer, external: external, target: isReached ? target : nil,
            seenSource: isReached ? seen : nil, group: flow.group, place: flow.place,
            halfOpen: flow.up.source != .open || flow.down.source != .open,
            started: flow.started, inbound: flow.up.bytes, outbound: flow.down.bytes)
    }
}

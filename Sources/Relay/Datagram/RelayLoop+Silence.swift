import CLinux
import Forwarding
import LinuxKit

/// How flows of datagrams end: by silence, for lack of room, or because somebody says so.
extension RelayLoop {
    /// Milliseconds after which an active flow moves to the recent end of its list.
    private static let refreshInterval: UInt64 = 128

    /// Notes that something came or went.
    func refresh(_ index: Int32) {
        datagrams.flows[index].lastActive = now
        guard now - datagrams.flows[index].listed >= Self.refreshInterval else { return }
        datagrams.flows[index].listed = now
        let list = datagrams.flows[index].list
        datagrams.recency.remove(index, from: list)
        datagrams.recency.append(index, to: list)
    }

    /// Hangs the flow into the wheel for when it will have been silent for too long.
    func watchSilence(of index: Int32) {
        datagramWheel.set(index, at: lastMoment(of: index) / TimerWheel.tick + 1)
    }

    private func lastMoment(of index: Int32) -> UInt64 {
        let flow = datagrams.flows[index]
        return flow.lastActive + flow.patience(services[flow.service].terms.timeouts)
    }

    func visitDueDatagrams() {
        let tick = now / TimerWheel.tick
        while let index = datagramWheel.due(by: tick) {
            guard lastMoment(of: index) <= now else {
                watchSilence(of: index)
                continue
            }
            // The side that owed the next word is the one that let it come to this.
            let owes: EndReason.Cause =
                datagrams.flows[index].awaitsAnswer ? .serverTimeout : .clientTimeout
            endDatagrams(datagramSlots.id(at: index), EndReason(owes, .data))
        }
    }

    /// Sees to it that there is room for one more flow; false when there is none to be had.
    func makeRoom() -> Bool {
        while datagramSlots.count == datagramSlots.capacity
            || descriptors + 1 + pipes.descriptors > descriptorLimit
        {
            guard evictIdlest() else { return false }
        }
        return true
    }

    func evictIdlest() -> Bool {
        guard let index = datagrams.recency.idlest else { return false }
        losses.evicted &+= 1
        endDatagrams(datagramSlots.id(at: index), EndReason(.resource, .data))
        return true
    }

    /// Takes a flow out.
    func endDatagrams(_ id: FlowID, _ reason: EndReason) {
        let flow = datagrams.flows[id.index]
        datagramWheel.cancel(id.index)
        datagrams.recency.remove(id.index, from: flow.list)
        datagrams.index.remove(flow.key.hash(seed: datagrams.seed), id.index)
        close(flow.descriptor)
        leavePlace(flow.place, of: flow.service, flow.plan, group: 0)
        services[flow.service].live -= 1
        if flow.isCounted { sources.leave(flow.key.source, at: flow.service, now: now * 1000) }
        remember(flow, reason)
        datagramSlots.release(id.index)
        depart(from: flow.listener)
    }

    private func remember(_ flow: DatagramFlow, _ reason: EndReason) {
        ended.append(
            EndedFlow(
                forward: UInt16(truncatingIfNeeded: flow.service), source: flow.key.source,
                externalPort: flow.key.asked.port, isStream: false, reason: reason,
                started: flow.started, ended: clock.seconds(at: now),
                inbound: flow.inbound.bytes, outbound: flow.outbound.bytes))
    }

    func endEveryDatagramFlow() {
        for index in 0..<datagramSlots.reached where datagramSlots.isTaken(index) {
            endDatagrams(datagramSlots.id(at: index), EndReason(.killed, .data))
        }
        for index in 0..<datagramListenerSlots.reached where datagramListenerSlots.isTaken(index) {
            closeDatagramListener(index)
        }
    }
}

import CLinux
import Forwarding

/// How flows end.
///
/// A reset is passed on only when the other side has taken what was sent to it before: a socket that
/// is reset throws away what it has not delivered. Until then the flow waits in the phase `resetting`.
extension RelayLoop {
    /// How long the other side may take for the next of it, in milliseconds.
    private static let resetPatience: UInt64 = 60_000

    /// One side is gone; the other is to see a reset.
    func reset(_ id: FlowID, _ end: LoopEvent.End, _ reason: EndReason) {
        let (gone, told) =
            end == .client
            ? (flows[id.index].target.descriptor, flows[id.index].client.descriptor)
            : (flows[id.index].client.descriptor, flows[id.index].target.descriptor)
        flows[id.index].end = reason
        let left = clinux_unacknowledged(told)
        guard left > 0 else { return self.end(id, reason, abruptly: true) }
        flows[id.index].unsettled = left
        close(gone)
        if end == .client {
            flows[id.index].target.descriptor = -1
        } else {
            flows[id.index].client.descriptor = -1
        }
        flows[id.index].phase = .resetting
        flows[id.index].phaseBegan = now
        wheel.set(id.index, at: now / TimerWheel.tick + 1)
    }

    func finishReset(_ id: FlowID) {
        let flow = flows[id.index]
        let told = flow.client.descriptor >= 0 ? flow.client.descriptor : flow.target.descriptor
        let left = clinux_unacknowledged(told)
        if left < flow.unsettled { flows[id.index].phaseBegan = now }
        flows[id.index].unsettled = left
        guard left > 0, now - flows[id.index].phaseBegan <= Self.resetPatience else {
            return end(id, flow.end, abruptly: true)
        }
        wheel.set(id.index, at: now / TimerWheel.tick + 1)
    }

    /// Takes a flow out.
    ///
    /// - Parameter abruptly: whether the peers see a reset instead of an end in order.
    func end(_ id: FlowID, _ reason: EndReason, abruptly: Bool = false) {
        let flow = flows[id.index]
        wheel.cancel(id.index)
        empty(flow.up)
        empty(flow.down)
        shut(flow.client.descriptor, abruptly)
        shut(flow.target.descriptor, abruptly)
        shut(flow.rival, abruptly)
        leave(flow)
        if flow.isCounted { sources.leave(flow.source, at: flow.service, now: now * 1000) }
        services[flow.service].live -= 1
        remember(flow, reason)
        slots.release(id.index)
    }

    private func empty(_ lane: Lane) {
        if lane.buffer != 0 { buffers.giveBack(lane.buffer) }
        guard lane.pipe != 0 else { return }
        if lane.held > 0 { pipes.giveBackDirty(lane.pipe) } else { pipes.giveBack(lane.pipe) }
    }

    private func shut(_ descriptor: Int32, _ abruptly: Bool) {
        guard descriptor >= 0 else { return }
        _ = abruptly ? clinux_reset(descriptor) : clinux_close(descriptor)
        descriptors -= 1
    }

    private func remember(_ flow: StreamFlow, _ reason: EndReason) {
        ended.append(
            EndedFlow(
                // The forward may have gone a moment before its flows.
                forward: UInt16(truncatingIfNeeded: flow.service), source: flow.source,
                externalPort: flow.externalPort, isStream: true, reason: reason,
                started: flow.started, ended: clock.seconds(at: now),
                inbound: flow.up.bytes, outbound: flow.down.bytes))
    }

    func endEverything() {
        for index in 0..<slots.reached where slots.isTaken(index) {
            end(slots.id(at: index), EndReason(.killed, flows[index].endPhase), abruptly: true)
        }
        endEveryDatagramFlow()
        for index in 0..<listenerSlots.reached where listenerSlots.isTaken(index) {
            _ = clinux_close(listeners[index].descriptor)
            listenerSlots.release(index)
        }
        for index in 0..<services.capacity where services[index].forward != 0 {
            services[index].free()
            services[index].forward = 0
        }
    }
}

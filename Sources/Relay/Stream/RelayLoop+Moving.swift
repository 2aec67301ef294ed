import CLinux
import Forwarding
import LinuxKit

/// Moving what has come, both ways.
extension RelayLoop {
    /// Bytes that a flow may move in one go, so that a fast one does not hold up the others.
    static let share = 2 << 20

    /// The poller has something to say of a socket.
    func streamIsReady(_ id: FlowID, _ end: LoopEvent.End, _ readiness: UInt32) {
        guard slots.holds(id) else { return }
        flows[id.index].lastActive = now
        switch (flows[id.index].phase, end) {
        case (.connecting, .client), (.greeting, .client):
            note(readiness, in: &flows[id.index].client)
            clientIsReadyEarly(id, readiness)
        case (.connecting, _): attemptIsReady(id, end, readiness)
        case (.greeting, _): break
        case (.flowing, .client):
            note(readiness, in: &flows[id.index].client)
            advance(id)
        case (.flowing, _):
            // Not of the attempt that has lost, and is closed.
            guard end == flows[id.index].targetEnd else { return }
            note(readiness, in: &flows[id.index].target)
            advance(id)
        // Of the side that is gone, whose word came in the same batch.
        case (.resetting, .client) where flows[id.index].client.descriptor < 0: break
        case (.resetting, .target) where flows[id.index].target.descriptor < 0: break
        case (.resetting, .rival) where flows[id.index].target.descriptor < 0: break
        // Gone as well: nobody is left to take anything.
        case (.resetting, _) where readiness & Readiness.error != 0:
            self.end(id, flows[id.index].end, abruptly: true)
        case (.resetting, _): finishReset(id)
        }
    }

    private func clientIsReadyEarly(_ id: FlowID, _ readiness: UInt32) {
        guard flows[id.index].phase == .connecting else { return greet(id) }
        let isGone = readiness & (Readiness.error | Readiness.hangUp) != 0
        // What it has said before it broke off is for the target.
        guard isGone, !hasData(flows[id.index].client.descriptor) else { return }
        // The target may have been reached already, in the kernel.
        end(id, EndReason(.client, .connecting), abruptly: true)
    }

    private func hasData(_ descriptor: Int32) -> Bool {
        // SAFETY: the kernel writes at most one byte into the scratch.
        unsafe clinux_peek(descriptor, scratch.address(of: 0), 1) > 0
    }

    func note(_ readiness: UInt32, in side: inout StreamFlow.Side) {
        let broken = Readiness.error | Readiness.hangUp
        if readiness & (Readiness.readable | Readiness.peerEnded | broken) != 0 {
            side.isReadable = true
        }
        if readiness & (Readiness.writable | broken) != 0 { side.isWritable = true }
        // A read stops short at urgent data, and more lies behind it.
        if readiness & (Readiness.peerEnded | Readiness.urgent | broken) != 0 {
            side.hasEnd = true
            side.isReadable = true
        }
        // No call may come that would hear of it: one direction may be over, the other have nothing.
        if readiness & Readiness.error != 0 { side.isReset = true }
        // Both directions are over, and it was not us who ended ours. The error may be gone: a splice
        // that moved something before it met the reset keeps it to itself.
        if readiness & Readiness.hangUp != 0, !side.isShut, !side.isLocal { side.isReset = true }
    }

    /// Moves what there is, and ends the flow when nothing more can come of it.
    func advance(_ id: FlowID) {
        guard !services[flows[id.index].service].isThrottled else { return throttle(id) }
        var shares = (up: Self.share, down: Self.share)
        let before = (flows[id.index].up.bytes, flows[id.index].down.bytes)
        let wasHalfOpen = flows[id.index].isHalfOpen
        let steps = move(&flows[id.index], &shares)
        count(id, since: before)
        if flows[id.index].isHalfOpen != wasHalfOpen { watchDeadline(id) }
        conclude(id, steps.up, steps.down)
    }

    func move(
        _ flow: inout StreamFlow, _ shares: inout (up: Int, down: Int)
    ) -> (up: Lane.Step, down: Lane.Step) {
        let up = move(
            &flow.up, from: &flow.client, to: &flow.target, &shares.up,
            isLast: flow.down.isFinished)
        let down = move(
            &flow.down, from: &flow.target, to: &flow.client, &shares.down,
            isLast: flow.up.isFinished)
        // What came back may have shown that the client is gone.
        guard flow.client.isReset, up == .wait else { return (up, down) }
        let again = move(
            &flow.up, from: &flow.client, to: &flow.target, &shares.up,
            isLast: flow.down.isFinished)
        return (again, down)
    }

    func count(_ id: FlowID, since before: (UInt64, UInt64)) {
        let flow = flows[id.index]
        let (up, down) = (flow.up.bytes &- before.0, flow.down.bytes &- before.1)
        if up | down != 0 { flows[id.index].lastActive = now }
        if up > 0 {
            services[flow.service].counters.inboundPackets &+= 1
            services[flow.service].counters.inboundBytes &+= up
        }
        if down > 0 {
            services[flow.service].counters.outboundPackets &+= 1
            services[flow.service].counters.outboundBytes &+= down
        }
    }

    func conclude(_ id: FlowID, _ up: Lane.Step, _ down: Lane.Step) {
        guard !services[flows[id.index].service].isUsedUp else {
            return end(id, EndReason(.proxy, flows[id.index].endPhase), abruptly: true)
        }
        switch (up, down) {
        case (.finished, .finished): end(id, .none)
        case (.passReset, _): reset(id, .target, EndReason(.client, flows[id.index].endPhase))
        case (_, .passReset): reset(id, .client, EndReason(.server, flows[id.index].endPhase))
        // Each side is gone for the other: what is left is for nobody.
        case (.pointless, .pointless):
            end(id, EndReason(.client, flows[id.index].endPhase), abruptly: true)
        // One side is gone after its last word: the other is to have that word whole.
        case (.pointless, .finished):
            reset(id, .client, EndReason(.server, flows[id.index].endPhase))
        case (.finished, .pointless):
            reset(id, .target, EndReason(.client, flows[id.index].endPhase))
        case (.read, _), (_, .read): enqueue(id)
        default: break
        }
    }

    /// Acts on a direction until it has to wait, is over, or has had its share.
    ///
    /// - Parameter isLast: whether the other direction is finished, so that the sockets are closed with
    ///   the end of this one and need not be shut before.
    private func move(
        _ lane: inout Lane, from source: inout StreamFlow.Side, to sink: inout StreamFlow.Side,
        _ share: inout Int, isLast: Bool
    ) -> Lane.Step {
        if sink.isReset { lane.sink = .broken }
        while true {
            let step = lane.next(
                sourceIsReadable: source.isReadable, sinkIsWritable: sink.isWritable)
            switch step {
            case .read where share <= 0: return .read
            case .read: fill(&lane, &source, &sink, &share)
            case .write: drain(&lane, &sink)
            case .shut:
                passEnd(&lane, &sink, isLast)
            case .wait, .finished, .passReset, .pointless: return step
            }
        }
    }

    private func passEnd(_ lane: inout Lane, _ sink: inout StreamFlow.Side, _ isLast: Bool) {
        (lane.sink, sink.isShut) = (.shut, true)
        guard !isLast, clinux_shutdown_write(sink.descriptor) == -ErrorNumber.notConnected else {
            return
        }
        // Gone by a reset that nobody has heard of yet.
        (lane.sink, sink.isReset, sink.isReadable) = (.broken, true, true)
    }
}

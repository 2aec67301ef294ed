import CLinux
import Forwarding
import LinuxKit

/// Moving what has come, both ways.
extension RelayLoop {
    /// Bytes that a flow may move in one go, so that a fast one does not hold up the others.
    static let share = 2 << 20
    /// Below this a transfer is not bulk, though a pipe carried it.
    private static let smallTransfer = 16 << 10

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

    private func fill(
        _ lane: inout Lane, _ source: inout StreamFlow.Side, _ sink: inout StreamFlow.Side,
        _ share: inout Int
    ) {
        if lane.isBulk, lane.pipe == 0 {
            lane.pipe = pipes.take(from: descriptorLimit - descriptors)
        }
        guard lane.pipe != 0 else { return copy(&lane, &source, &sink, &share) }
        let pipe = pipes[lane.pipe]
        let count = clinux_splice(source.descriptor, pipe.input, min(share, pipe.capacity))
        guard count > 0 else {
            // The pipe is empty here, so EAGAIN can only mean that the socket is dry (HAProxy's rule).
            giveBackPipe(&lane)
            return stopped(&lane, &source, Int32(count))
        }
        lane.held = Int32(count)
        lane.isBulk = count >= Self.smallTransfer
        share -= count
    }

    private func giveBackPipe(_ lane: inout Lane) {
        guard lane.pipe != 0 else { return }
        pipes.giveBack(lane.pipe)
        lane.pipe = 0
    }

    /// Reads nothing more for now: the source is dry, has ended, or is gone.
    private func stopped(_ lane: inout Lane, _ source: inout StreamFlow.Side, _ result: Int32) {
        switch result {
        case -ErrorNumber.tryAgain: source.isReadable = false
        case 0: lane.source = isBrokenOff(&source) ? .reset : .ended
        // A source that cannot be spliced (a Unix socket with descriptors in it) can be read.
        case -ErrorNumber.invalid where lane.isBulk: lane.isBulk = false
        default:
            source.isReset = true
            lane.source = .reset
        }
    }

    /// Whether an end without an error is none in order.
    ///
    /// A socket tells of its reset once, and a splice towards it that had moved something already keeps
    /// that to itself. While our direction is open, a peer that has said its last word leaves the socket
    /// half open, and one that has broken off does not (tcp_poll of Linux 6.18).
    private func isBrokenOff(_ side: inout StreamFlow.Side) -> Bool {
        guard !side.isReset, !side.isShut, !side.isLocal else { return side.isReset }
        side.isReset = clinux_is_hung_up(side.descriptor) > 0
        return side.isReset
    }

    private func copy(
        _ lane: inout Lane, _ source: inout StreamFlow.Side, _ sink: inout StreamFlow.Side,
        _ share: inout Int
    ) {
        if lane.buffer == 0 { lane.buffer = buffers.take() }
        guard lane.buffer != 0 else { return pass(&lane, &source, &sink, &share) }
        // SAFETY: the buffer is the lane's own and has room for `BufferPool.size` bytes.
        let bytes = unsafe buffers.address(of: lane.buffer)
        let wanted = min(share, BufferPool.size)
        let count = unsafe clinux_receive(source.descriptor, bytes, wanted)
        guard count > 0 else {
            giveBackBuffer(&lane)
            return stopped(&lane, &source, Int32(count))
        }
        share -= count
        if count == wanted {
            lane.isBulk = count == BufferPool.size
        } else if !source.hasEnd {
            // Less than was asked for: the socket is dry, and there is no need to hear it say so.
            source.isReadable = false
        }
        lane.held = Int32(count)
        lane.start = 0
        drain(&lane, &sink)
    }

    /// Without a buffer to keep a rest in: only what the sink has taken is taken out of the source.
    private func pass(
        _ lane: inout Lane, _ source: inout StreamFlow.Side, _ sink: inout StreamFlow.Side,
        _ share: inout Int
    ) {
        // SAFETY: the scratch has room for `BufferPool.size` bytes and serves this call alone.
        let bytes = unsafe scratch.address(of: 0)
        let count = unsafe clinux_peek(source.descriptor, bytes, min(share, BufferPool.size))
        guard count > 0 else { return stopped(&lane, &source, Int32(count)) }
        let sent = unsafe clinux_send(sink.descriptor, bytes, count)
        guard sent > 0 else { return wrote(sent, of: count, &lane, &sink) }
        _ = unsafe clinux_receive(source.descriptor, bytes, sent)
        lane.bytes &+= UInt64(sent)
        share -= sent
        if sent < count { sink.isWritable = false }
    }

    private func giveBackBuffer(_ lane: inout Lane) {
        guard lane.buffer != 0 else { return }
        buffers.giveBack(lane.buffer)
        lane.buffer = 0
    }

    private func drain(_ lane: inout Lane, _ sink: inout StreamFlow.Side) {
        let held = Int(lane.held)
        // The first write goes out at once in any case, and a short flow has no second one.
        if !sink.isPrompt, lane.bytes > 0 {
            _ = clinux_send_promptly(sink.descriptor)
            sink.isPrompt = true
        }
        guard lane.buffer != 0 else {
            let count = clinux_splice(pipes[lane.pipe].output, sink.descriptor, held)
            return wrote(count, of: held, &lane, &sink)
        }
        // SAFETY: `held` bytes lie in the lane's own buffer from `start` on.
        let bytes = unsafe buffers.address(of: lane.buffer) + Int(lane.start)
        wrote(unsafe clinux_send(sink.descriptor, bytes, held), of: held, &lane, &sink)
        if lane.held == 0 { giveBackBuffer(&lane) }
    }

    private func wrote(
        _ count: Int, of offered: Int, _ lane: inout Lane, _ sink: inout StreamFlow.Side
    ) {
        guard count > 0 else {
            guard count < 0, Int32(count) != -ErrorNumber.tryAgain else {
                return sink.isWritable = false
            }
            lane.sink = .broken
            sink.isReset = true
            // What the peer has sent before it broke off is still in the socket.
            sink.isReadable = true
            return
        }
        lane.bytes &+= UInt64(count)
        if lane.buffer != 0 || lane.pipe != 0 {
            lane.held -= Int32(count)
            lane.start += Int32(count)
        }
        if count < offered { sink.isWritable = false }
    }
}

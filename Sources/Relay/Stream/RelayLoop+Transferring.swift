import CLinux
import LinuxKit

/// What one step of a direction does with bytes: through a pipe when it moves bulk, otherwise through a
/// buffer, and without one only what the sink takes at once.
extension RelayLoop {
    /// Below this a transfer is not bulk, though a pipe carried it.
    private static let smallTransfer = 16 << 10

    func fill(
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

    func drain(_ lane: inout Lane, _ sink: inout StreamFlow.Side) {
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

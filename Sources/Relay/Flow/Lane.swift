/// One direction of a connection: what is read from the source and not yet written to the sink.
///
/// Theory of operation. A lane knows three things: how the source stands (open, ended, reset), how
/// many bytes it holds, and how the sink stands (open, shut, broken). What to do next follows from
/// these and from what the poller has said, in one function, `next`. The loop does it and notes what
/// came of it. A lane holds bytes only when the sink took fewer than the source gave: in a pipe when it
/// moves bulk, otherwise in a buffer.
struct Lane: BitwiseCopyable {
    var source = Source.open
    var sink = Sink.open
    /// Whether transfers are large: bytes then go through a pipe and never into user space.
    var isBulk = false
    /// The pipe in use, by its number in the pool plus one; 0 for none.
    var pipe: Int32 = 0
    /// The buffer in use, likewise.
    var buffer: Int32 = 0
    /// Bytes in the pipe, or in the buffer from `start` on.
    var held: Int32 = 0
    var start: Int32 = 0
    /// Bytes that the sink has taken, ever.
    var bytes: UInt64 = 0

    /// Whether everything has gone through, and the end has been passed on.
    var isFinished: Bool { source == .ended && held == 0 && sink == .shut }

    enum Source: UInt8, BitwiseCopyable {
        case open
        /// The peer has said that no more comes.
        case ended
        /// The peer has broken off.
        case reset
    }

    enum Sink: UInt8, BitwiseCopyable {
        case open
        /// The peer has been told that no more comes.
        case shut
        /// Nothing can be written any more.
        case broken
    }

    enum Step: BitwiseCopyable, CaseIterable {
        case read, write, wait
        /// Pass the end on to the sink.
        case shut
        /// Everything has gone through, and the end.
        case finished
        /// Everything has gone through, and the source was reset.
        case passReset
        /// The sink is gone; what the source still sends is for nobody.
        case pointless
    }

    /// What to do now.
    func next(sourceIsReadable: Bool, sinkIsWritable: Bool) -> Step {
        guard sink != .broken else { return .pointless }
        guard held == 0 else { return sinkIsWritable ? .write : .wait }
        return switch source {
        // What the sink would not take stays in the kernel, where it holds back the peer.
        case .open: sourceIsReadable && sinkIsWritable ? .read : .wait
        case .ended: sink == .shut ? .finished : .shut
        case .reset: .passReset
        }
    }
}

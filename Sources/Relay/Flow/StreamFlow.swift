import CLinux
import Forwarding

/// A relayed connection.
///
/// Owner: the loop in whose table it stands, which closes its descriptors.
struct StreamFlow: BitwiseCopyable {
    var phase = Phase.greeting
    var client = Side()
    var target = Side()
    /// What the poller calls the target's socket: the winner of two attempts keeps its name.
    var targetEnd = LoopEvent.End.target
    /// A second attempt at the same target, by the other address family.
    var rival: Int32 = -1
    /// From the client to the target, and back.
    var up = Lane()
    var down = Lane()
    /// Who the client is: by the socket, or by the header of a trusted front proxy.
    var source = clinux_endpoint()
    /// Whether that has been settled.
    var isIdentified = false
    /// The port that was asked.
    var externalPort: UInt16 = 0
    /// Which service of the loop it belongs to, and which plan of that service it began with.
    var service: Int32 = 0
    var plan: UInt32 = 0
    /// The group of targets (0: those of the forward, from 1 on: a route's), and the place in it.
    var group: Int32 = 0
    var place: Int32 = 0
    /// How many targets were tried.
    var attempts: UInt16 = 0
    /// Whether the attempt under way is at the IPv4 address, and whether the rival's turn has come.
    var triesV4 = false
    var hadRival = false
    /// Whether it is counted at its source.
    var isCounted = false
    /// Bytes that it may still move, each way.
    var upward = Bucket()
    var downward = Bucket()
    /// Set while it waits in the list of those that have more to do.
    var isQueued = false
    /// Whether the sockets have their keepalive.
    var isKeptAlive = false
    /// Bytes that a side which is to see a reset has not acknowledged yet.
    var unsettled = 0
    /// How it ends, once that is clear; data may still be on its way.
    var end = EndReason.none
    /// Seconds since 1970, and milliseconds of the loop's clock.
    var started: Int64 = 0
    var phaseBegan: UInt64 = 0
    var lastActive: UInt64 = 0

    enum Phase: UInt8, BitwiseCopyable {
        /// The first bytes of the client decide where it goes.
        case greeting
        case connecting
        case flowing
        /// One side was reset; the other has not taken everything yet.
        case resetting
    }

    /// One socket of a flow, and what the poller has said of it since the last try.
    struct Side: BitwiseCopyable {
        var descriptor: Int32 = -1
        var isReadable = false
        var isWritable = false
        /// Whether small writes go out at once (TCP_NODELAY).
        var isPrompt = false
        /// A Unix socket, whose peer cannot break off.
        var isLocal = false
        /// The end of the stream is in the socket: a short read does not mean that it is dry.
        var hasEnd = false
        /// The peer has broken off; the socket has told it already.
        var isReset = false
        /// The peer has been told that no more comes.
        var isShut = false
    }
}

extension StreamFlow {
    /// Whether one side has ended.
    var isHalfOpen: Bool { up.source != .open || down.source != .open }

    /// The phase as an end reason says it.
    var endPhase: EndReason.Phase {
        switch phase {
        case .greeting: .greeting
        case .connecting: .connecting
        case .flowing, .resetting:
            // A reset alone is no end of one side.
            up.source == .ended || down.source == .ended ? .lastData : .data
        }
    }
}

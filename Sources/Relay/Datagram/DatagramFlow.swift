import CLinux
import Forwarding

/// What one client and one target have to say to each other.
///
/// Owner: the loop in whose table it stands, which closes its descriptor.
struct DatagramFlow: BitwiseCopyable {
    /// The socket that is connected to the target.
    var descriptor: Int32
    /// The place of the listener by which answers leave.
    var listener: Int32
    var key: DatagramKey
    /// The interface of a link-local client.
    var scope: UInt32
    /// Which service of the loop it belongs to, and which plan of that service it began with.
    var service: Int32
    var plan: UInt32
    /// The place in the group of targets of the forward itself.
    var place: Int32
    /// How the target is told who the client is.
    var proxy: DatagramProxy?
    /// Whether the target has been told.
    var isIntroduced = false
    /// Whether the target has ever answered.
    var isAnswered = false
    /// Whether the last datagram was the client's.
    var awaitsAnswer = true
    /// Whether the kernel may be given several datagrams in one piece, for each direction.
    var joinsInbound = true
    var joinsOutbound = true
    /// Whether the socket has been prepared for much at a time.
    var isEnlarged = false
    /// Whether it is counted at its source.
    var isCounted = false
    /// Bytes that it may still move, each way.
    var upward = Bucket()
    var downward = Bucket()
    /// Seconds since 1970, and milliseconds of the loop's clock.
    var started: Int64
    var lastActive: UInt64
    /// When it was last put at the end of its list (`RecencyLists`).
    var listed: UInt64
    var inbound = Passed()
    var outbound = Passed()

    struct Passed: BitwiseCopyable {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
    }

    /// Milliseconds that it may be silent.
    func patience(_ timeouts: ServiceTerms.Timeouts) -> UInt64 {
        isAnswered ? timeouts.datagrams : timeouts.firstDatagram
    }

    /// Which list it stands in: those that nobody answers go first.
    var list: RecencyLists.List { isAnswered ? .answered : .unanswered }
}

/// What tells the flows of a loop apart.
struct DatagramKey: BitwiseCopyable {
    /// The sender: the client, or a front proxy.
    var peer: clinux_endpoint
    /// The external address and port.
    var asked: clinux_endpoint
    /// The client for whom a trusted front proxy speaks; all zero otherwise.
    var stated = clinux_endpoint()

    /// Who the client is.
    var source: clinux_endpoint { stated.isNone ? peer : stated }

    func isSame(as other: DatagramKey) -> Bool {
        peer.isSame(as: other.peer) && asked.isSame(as: other.asked)
            && stated.isSame(as: other.stated)
    }

    /// Seeded, so that nobody outside can choose clients that all fall in one place.
    func hash(seed: UInt64) -> UInt64 {
        var hash = Self.mix(seed ^ peer.low, peer.high ^ UInt64(peer.port) << 32)
        hash = Self.mix(hash ^ asked.low, asked.high ^ UInt64(asked.port) << 32)
        guard !stated.isNone else { return hash }
        return Self.mix(hash ^ stated.low, stated.high ^ UInt64(stated.port) << 32)
    }

    /// Two rounds of the full product folded, with odd constants (as wyhash and its kin do).
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let first = (left ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(
            by: right ^ 0xa076_1d64_78bd_642f)
        let folded = first.high ^ first.low
        let second = (folded ^ left).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        return second.high ^ second.low
    }
}

extension clinux_endpoint {
    func isSame(as other: clinux_endpoint) -> Bool {
        low == other.low && port == other.port && high == other.high
    }

    /// The address that is none, in the way of IPv6.
    var isNone: Bool { high == 0 && low == 0 }

    /// The address that stands for every one, of either family.
    var isAnywhere: Bool { high == 0 && UInt32(truncatingIfNeeded: low) == 0 }
}

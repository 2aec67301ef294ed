import CLinux

/// What a poller's event is about, packed into the 64 bits that the kernel hands back.
///
/// No pointer and no lookup: the index leads to the table, the generation tells whether the flow is
/// still the one that the event was for.
struct LoopEvent: BitwiseCopyable {
    var kind: Kind
    var end: End
    var flow: FlowID

    enum Kind: UInt64, BitwiseCopyable {
        case mailbox, streamListener, stream, datagramListener, datagram
    }

    /// Which socket of a flow.
    enum End: UInt64, BitwiseCopyable {
        case client, target, rival
    }

    /// The most places that a table may have, so that an index fits.
    static let mostPlaces = 1 << 24

    init(_ kind: Kind, _ end: End = .client, _ flow: FlowID) {
        (self.kind, self.end, self.flow) = (kind, end, flow)
    }

    init(_ kind: Kind, index: Int32 = 0) {
        self.init(kind, .client, FlowID(index: index, generation: 0))
    }

    var packed: UInt64 {
        kind.rawValue << 58 | end.rawValue << 56 | UInt64(flow.index) << 32
            | UInt64(flow.generation)
    }

    /// Nil for bits that `packed` never makes.
    init?(packed: UInt64) {
        guard let kind = Kind(rawValue: packed >> 58), let end = End(rawValue: packed >> 56 & 3)
        else { return nil }
        self.kind = kind
        self.end = end
        flow = FlowID(
            index: Int32(packed >> 32 & 0xff_ffff),
            generation: UInt32(truncatingIfNeeded: packed))
    }
}

/// The events of `epoll(7)`.
enum Readiness {
    static var readable: UInt32 { 0x1 }
    static var urgent: UInt32 { 0x2 }
    static var writable: UInt32 { 0x4 }
    static var error: UInt32 { 0x8 }
    static var hangUp: UInt32 { 0x10 }
    static var peerEnded: UInt32 { 0x2000 }
    static var edge: UInt32 { 1 << 31 }

    /// What the sockets of a flow are added with, once and for all.
    static var everything: UInt32 { readable | urgent | writable | peerEnded | edge }
}

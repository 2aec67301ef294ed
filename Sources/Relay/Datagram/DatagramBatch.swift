import CLinux
import LinuxKit

/// Datagrams that came together, and what is sent together.
///
/// Theory of operation. Datagrams are received into places, and sent from there: a message names the
/// bytes of one, with a head in front or not. Datagrams of the same size for the same receiver are
/// joined into one message where the kernel can cut them apart behind the routing (UDP_SEGMENT, Linux
/// 4.18), and those that it has put together (UDP_GRO, Linux 5.0) go on as they are: each boundary
/// stays. Where a device cannot do that, the datagrams of the message are sent one by one.
@safe
struct DatagramBatch: ~Copyable {
    static let capacity = clinux_batch_capacity

    private let batch: OpaquePointer
    private let datagrams: UnsafeMutablePointer<clinux_datagram>
    /// Whose each message is.
    private let owners: Reserve<Int32>

    /// Nil when there is no memory.
    ///
    /// - Parameter isNamed: whether it is for sockets that many send to.
    init?(isNamed: Bool) {
        guard let owners = Reserve<Int32>(Self.capacity) else { return nil }
        guard let batch = unsafe clinux_batch_make(isNamed ? 1 : 0) else { return nil }
        unsafe self.batch = batch
        unsafe datagrams = clinux_batch_datagrams(batch)
        self.owners = owners
    }

    deinit { unsafe clinux_batch_free(batch) }

    subscript(place: Int) -> clinux_datagram {
        @inline(__always)
        _read {
            precondition(place >= 0 && place < Self.capacity)
            // SAFETY: within the table, which lives as long as the batch.
            yield unsafe datagrams[place]
        }
    }

    /// The bytes of a place.
    func bytes(of place: Int) -> UnsafeMutablePointer<UInt8> {
        precondition(place >= 0 && place < Self.capacity)
        // SAFETY: the place is one of the batch's, which lives as long as `self`.
        return unsafe clinux_batch_bytes(batch, Int32(place))
    }

    /// Fills places from `first` on; how many, or an error number below zero.
    func receive(from descriptor: Int32, at first: Int = 0) -> Int {
        precondition(first >= 0 && first < Self.capacity)
        // SAFETY: the kernel fills places of the batch, from one of them to the last.
        return Int(
            unsafe clinux_batch_receive(
                batch, descriptor, Int32(first), Int32(Self.capacity - first)))
    }

    var isEmpty: Bool { unsafe clinux_batch_count(batch) == 0 }

    var isFull: Bool { unsafe clinux_batch_is_full(batch) != 0 }

    /// Adds a message of a place, or of a part of it; there must be room.
    ///
    /// - Parameter owner: the flow that it belongs to.
    func add(_ stretch: DatagramStretch, head: DatagramHead? = nil, owner: Int32) {
        precondition(!isFull)
        owners[Int(unsafe clinux_batch_count(batch))] = owner
        // SAFETY: a stretch lies within the bytes of its place, and the batch has room.
        let bytes = unsafe bytes(of: stretch.place) + stretch.start
        unsafe clinux_batch_add(
            batch, head?.bytes, head?.length ?? 0, bytes, stretch.length, stretch.segment)
    }

    /// Says where the last message goes.
    ///
    /// - Parameter source: the address that it is to come from, where the socket has several.
    func address(
        to client: clinux_endpoint, scope: UInt32, from source: clinux_endpoint, _ isNeeded: Bool
    ) {
        var (client, source) = (client, source)
        // SAFETY: what the endpoints say is copied.
        guard isNeeded else { return unsafe clinux_batch_address(batch, &client, scope, nil) }
        unsafe clinux_batch_address(batch, &client, scope, &source)
    }

    /// Makes a datagram part of the last message, if that can be.
    func join(_ stretch: DatagramStretch) -> Bool {
        guard stretch.segment == 0 else { return false }
        // SAFETY: a stretch lies within the bytes of its place.
        let bytes = unsafe bytes(of: stretch.place) + stretch.start
        return unsafe clinux_batch_join(batch, bytes, stretch.length) != 0
    }

    /// Sends every message and forgets them.
    func send(by descriptor: Int32) -> DatagramSending {
        var sending = DatagramSending()
        // SAFETY: the messages are those of the batch, up to their number.
        let count = unsafe clinux_batch_count(batch)
        while sending.next < count, !sending.isStuck {
            let sent = unsafe clinux_batch_send(batch, descriptor, sending.next)
            if sent > 0 { sending.next += sent } else { overcome(-sent, descriptor, &sending) }
        }
        while sending.next < count { lose(&sending) }
        unsafe clinux_batch_clear(batch)
        return sending
    }

    private func overcome(_ error: Int32, _ descriptor: Int32, _ sending: inout DatagramSending) {
        switch error {
        case ErrorNumber.tryAgain, ErrorNumber.noBuffers, ErrorNumber.noMemory:
            sending.isStuck = true
        case ErrorNumber.invalid, ErrorNumber.inputOutput, ErrorNumber.messageTooLong,
            ErrorNumber.notSupported:
            sendApart(descriptor, &sending)
        // What ICMP said of an earlier datagram; this one has not been tried, but once is enough.
        case _ where sending.retried != sending.next:
            sending.retried = sending.next
            sending.wasRefused = true
        default: lose(&sending)
        }
    }

    private func sendApart(_ descriptor: Int32, _ sending: inout DatagramSending) {
        // SAFETY: the message is one of the batch, as below.
        let datagrams = unsafe clinux_batch_datagrams_of(batch, sending.next)
        guard datagrams > 1 else { return lose(&sending) }
        sending.unjoinable = owners[sending.next]
        let sent = unsafe clinux_batch_send_apart(batch, descriptor, sending.next)
        sending.lost &+= UInt64(datagrams - sent)
        sending.next += 1
    }

    private func lose(_ sending: inout DatagramSending) {
        sending.lost &+= UInt64(unsafe clinux_batch_datagrams_of(batch, sending.next))
        sending.next += 1
    }
}

/// What is put in front of a datagram.
@safe
struct DatagramHead: BitwiseCopyable {
    let bytes: UnsafeMutablePointer<UInt8>
    var length: Int
}

/// What came of sending.
struct DatagramSending: BitwiseCopyable {
    fileprivate var next: Int32 = 0
    fileprivate var retried: Int32 = -1
    fileprivate var isStuck = false
    /// Whether ICMP said that the receiver does not take them.
    var wasRefused = false
    /// Datagrams that the kernel did not take.
    var lost: UInt64 = 0
    /// A flow of which it does not take several in one message; -1 for none.
    var unjoinable: Int32 = -1
}

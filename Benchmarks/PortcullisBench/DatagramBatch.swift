import CPolling
import Glibc

/// Datagrams of 64 bytes, many of which one call receives or sends.
@safe struct DatagramBatch: ~Copyable {
    static let capacity = 64
    static let payload = 64

    private let datagrams: UnsafeMutablePointer<batched_datagram>
    private let sources: UnsafeMutablePointer<sockaddr_in>
    private let pieces: UnsafeMutablePointer<iovec>
    private let memory: UnsafeMutablePointer<UInt8>

    init() {
        let count = Self.capacity
        // SAFETY: freed once, by the owner's end; nobody else has the pointers. Each datagram points to
        // its own source, piece and bytes, which live as long.
        unsafe datagrams = .allocate(capacity: count)
        unsafe sources = .allocate(capacity: count)
        unsafe pieces = .allocate(capacity: count)
        unsafe memory = .allocate(capacity: count * Self.payload)
        unsafe datagrams.initialize(repeating: batched_datagram(), count: count)
        unsafe sources.initialize(repeating: sockaddr_in(), count: count)
        unsafe memory.initialize(repeating: 0, count: count * Self.payload)
        for place in 0..<count {
            let bytes = unsafe UnsafeMutableRawPointer(memory + place * Self.payload)
            let piece = unsafe iovec(iov_base: bytes, iov_len: Self.payload)
            unsafe (pieces + place).initialize(to: piece)
            unsafe datagrams[place].header.pieces = UnsafeMutableRawPointer(pieces + place)
            unsafe datagrams[place].header.piece_count = 1
        }
    }

    deinit {
        unsafe datagrams.deallocate()
        unsafe sources.deallocate()
        unsafe pieces.deallocate()
        unsafe memory.deallocate()
    }

    func fill(_ byte: UInt8) {
        // SAFETY: writes the bytes that `init` made, no more.
        unsafe memory.update(repeating: byte, count: Self.capacity * Self.payload)
    }

    /// The first byte of the first datagram.
    var first: UInt8 { unsafe memory[0] }

    /// Takes what is there, and waits for the first one if the socket waits.
    ///
    /// - Returns: how many came.
    func receive(_ socket: Int32) -> Int {
        for place in 0..<Self.capacity {
            // SAFETY: the places of `init`; the kernel writes into what they point to, and no further.
            unsafe datagrams[place].header.name = UnsafeMutableRawPointer(sources + place)
            unsafe datagrams[place].header.name_size = socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        let waitForOne: Int32 = 0x10000
        return max(0, Int(unsafe recvmmsg(socket, datagrams, capacity, waitForOne, nil)))
    }

    /// Sends the first `count` back to where they came from.
    func answer(_ socket: Int32, _ count: Int) {
        var sent = 0
        while sent < count {
            // SAFETY: `receive` has filled as many places; the kernel only reads them.
            let now = unsafe sendmmsg(socket, datagrams + sent, UInt32(count - sent), 0)
            guard now > 0 else { return }
            sent += Int(now)
        }
    }

    /// Sends `count` over a connected socket.
    ///
    /// - Returns: how many were sent.
    func send(_ socket: Int32, _ count: Int) -> Int {
        for place in 0..<count {
            // SAFETY: the places of `init`; without a name the socket's own peer is meant.
            unsafe datagrams[place].header.name = nil
            unsafe datagrams[place].header.name_size = 0
        }
        return max(0, Int(unsafe sendmmsg(socket, datagrams, UInt32(count), 0)))
    }

    private var capacity: UInt32 { UInt32(Self.capacity) }
}

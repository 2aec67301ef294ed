import Glibc

/// Thin dress for the socket calls, without allocations.
enum Sockets {
    /// Numbers of sockets stay below it; arrays by number are as long.
    static let mostNumbers = 1 << 16

    static func tcp() throws(Failure) -> Int32 { try open(SOCK_STREAM) }
    static func udp() throws(Failure) -> Int32 { try open(SOCK_DGRAM) }

    private static func open(_ kind: __socket_type) throws(Failure) -> Int32 {
        let number = socket(AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Failure(call: "socket") }
        return number
    }

    static func setNonBlocking(_ number: Int32) {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }

    static func option(
        _ number: Int32, _ level: Int32, _ name: Int32, _ value: some BitwiseCopyable
    ) {
        var value = value
        let size = socklen_t(MemoryLayout.size(ofValue: value))
        // SAFETY: the kernel reads `size` bytes of a variable that outlives the call.
        _ = unsafe setsockopt(number, level, name, &value, size)
    }

    static func setNoDelay(_ number: Int32) {
        option(number, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    }

    /// `close` sends a reset: no port is held in TIME-WAIT.
    static func setAbortive(_ number: Int32) {
        option(number, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }

    /// Calls that wait give up after so long.
    static func setPatience(_ number: Int32, milliseconds: Int) {
        let patience = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        option(number, SOL_SOCKET, SO_RCVTIMEO, patience)
        option(number, SOL_SOCKET, SO_SNDTIMEO, patience)
    }

    static func bind(_ number: Int32, _ place: Place) throws(Failure) {
        let bound = unsafe place.withPointer { unsafe Glibc.bind(number, $0, $1) }
        guard bound == 0 else { throw Failure(call: "bind") }
    }

    /// - Returns: whether it is done, or under way on a socket that does not wait.
    static func connect(_ number: Int32, _ place: Place) -> Bool {
        unsafe place.withPointer { unsafe Glibc.connect(number, $0, $1) } == 0
            || errno == EINPROGRESS
    }

    /// Whether a stream to `place` is taken.
    static func isAccepting(_ place: Place) -> Bool {
        guard let socket = try? connected(to: place) else { return false }
        close(socket)
        return true
    }

    /// A stream to `place`, with calls that wait, but not for ever.
    static func connected(to place: Place) throws(Failure) -> Int32 {
        let number = try tcp()
        setPatience(number, milliseconds: 3000)
        guard connect(number, place) else {
            let failure = Failure(call: "connect to \(place)")
            close(number)
            throw failure
        }
        setNoDelay(number)
        setAbortive(number)
        return number
    }
}

/// An IPv4 address and a port, as the C library takes it.
struct Place: CustomStringConvertible {
    private var storage: sockaddr_in
    let description: String

    init(_ address: String, _ port: UInt16) {
        description = "\(address):\(port)"
        storage = sockaddr_in()
        storage.sin_family = sa_family_t(AF_INET)
        storage.sin_port = port.bigEndian
        // SAFETY: the call reads a text that ends with zero and writes one address.
        _ = unsafe inet_pton(AF_INET, address, &storage.sin_addr)
    }

    static func anywhere(_ port: UInt16) -> Place { Place("0.0.0.0", port) }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: every kind of address begins as `sockaddr` does, and the storage outlives the call.
        return unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }
}

/// Bytes that calls read from and write to.
@safe struct Buffer: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer

    init(_ count: Int) {
        // SAFETY: freed once, by the owner's end; nobody else has the pointer.
        unsafe memory = .allocate(byteCount: count, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    init(of bytes: [UInt8]) {
        self.init(bytes.count)
        for (place, byte) in bytes.enumerated() { unsafe memory[place] = byte }
    }

    deinit { unsafe memory.deallocate() }

    subscript(place: Int) -> UInt8 { unsafe memory[place] }

    var count: Int { unsafe memory.count }
    var first: UInt8 { unsafe memory[0] }

    // SAFETY of all calls: the kernel touches at most `count` bytes of memory that outlives them.

    func receive(_ number: Int32) -> Int {
        unsafe recv(number, memory.baseAddress, memory.count, 0)
    }

    /// Takes what is there without looking at it.
    func discard(_ number: Int32) -> Int {
        recv(number, nil, 1 << 20, Int32(MSG_TRUNC))
    }

    func send(_ number: Int32, _ count: Int) -> Int {
        unsafe Glibc.send(number, memory.baseAddress, count, Int32(MSG_NOSIGNAL))
    }

    func send(_ number: Int32, _ count: Int, to place: Place) -> Int {
        unsafe place.withPointer { address, size in
            unsafe sendto(number, memory.baseAddress, count, 0, address, size)
        }
    }

    func fill(_ byte: UInt8) { unsafe memory.initializeMemory(as: UInt8.self, repeating: byte) }
}

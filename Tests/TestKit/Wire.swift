package import Addressing
import Glibc
import Synchronization

/// A socket of a lab machine.
///
/// Calls wait at most as long as they are told.
package final class Wire: Sendable {
    let number: Int32

    package struct Failure: Error, CustomStringConvertible {
        package var call: String
        package var code: Int32
        package var description: String { "\(call): \(unsafe String(cString: strerror(code)))" }
    }

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Waits for TCP connections, or takes UDP datagrams, at every address of `host`.
    package static func listening(
        _ transport: TransportProtocol, on host: Host, _ port: UInt16
    ) async throws -> Wire {
        try await host.run {
            let wire = try Wire(opening: transport, v6: true)
            try wire.option(IPPROTO_IPV6, IPV6_V6ONLY, 0)
            try wire.bind(Endpoint(.v6(.any), port))
            if transport != .udp { try check("listen", listen(wire.number, 128)) }
            return wire
        }
    }

    /// A UDP socket that sends to one place.
    ///
    /// `source` fixes the own end.
    package static func udp(
        on host: Host, from source: Endpoint? = nil, to destination: Endpoint
    ) async throws -> Wire {
        try await host.run {
            let wire = try Wire(opening: .udp, v6: destination.address.family == .v6)
            if let source { try wire.bind(source) }
            try wire.connectNow(destination)
            return wire
        }
    }

    /// Connects by TCP (or SCTP); nil when nobody answered within `limit` milliseconds.
    package static func connected(
        _ transport: TransportProtocol = .tcp, on host: Host, from source: Endpoint? = nil,
        to destination: Endpoint, within limit: Int32 = 3000
    ) async throws -> Wire? {
        try await host.run {
            let wire = try Wire(opening: transport, v6: destination.address.family == .v6)
            if let source { try wire.bind(source) }
            try wire.setBlocking(false)
            do { try wire.connectNow(destination) } catch let failure as Failure
                where failure.code == EINPROGRESS
            {}
            guard wire.waitFor(Int16(POLLOUT), limit) else { return nil }
            guard wire.pendingError() == 0 else { return nil }
            try wire.setBlocking(true)
            return wire
        }
    }

    /// Sends the first packet of a connection and does not wait.
    package static func knock(
        on host: Host, _ transport: TransportProtocol, from source: Endpoint,
        to destination: Endpoint
    ) async throws -> Wire {
        try await host.run {
            let wire = try Wire(opening: transport, v6: destination.address.family == .v6)
            try wire.bind(source)
            try wire.setBlocking(false)
            do {
                try wire.connectNow(destination)
                if transport == .udp { try wire.send([1]) }
            } catch let failure as Failure
                where [EINPROGRESS, ECONNREFUSED, ENETUNREACH, EHOSTUNREACH].contains(failure.code)
            {}
            return wire
        }
    }

    /// Waits for connections at a Unix socket.
    package static func listening(atPath path: String) throws -> Wire {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let wire = Wire(try check("socket", socket(AF_UNIX, kind, 0)))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8).prefix(107))
        }
        // SAFETY: the address is as large as it says, and outlives the call.
        let bound = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(wire.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try check("bind", bound)
        try check("listen", listen(wire.number, 128))
        return wire
    }

    /// The next connection, whoever it comes from; nil when none came.
    package func next(within limit: Int32 = 3000) throws -> Wire? {
        guard waitFor(Int16(POLLIN), limit) else { return nil }
        return Wire(try Self.check("accept", Glibc.accept(number, nil, nil)))
    }

    /// The next connection and where it comes from; nil when none came.
    package func accept(within limit: Int32 = 3000) throws -> (wire: Wire, client: Endpoint)? {
        guard let accepted = try next(within: limit) else { return nil }
        return (accepted, try accepted.name(of: .peer))
    }

    package func send(_ bytes: [UInt8]) throws {
        // SAFETY: the kernel reads `count` bytes of an array that outlives the call.
        try Self.check("send", unsafe Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    package func send(_ bytes: [UInt8], to client: Endpoint) throws {
        let sent = try unsafe SocketAddress(client, mappingV4: true).withPointer { address, size in
            unsafe Glibc.sendto(number, bytes, bytes.count, 0, address, size)
        }
        try Self.check("sendto", sent)
    }

    /// The next bytes; nil when none came, empty at the end of a stream.
    package func receive(within limit: Int32 = 3000) throws -> [UInt8]? {
        try receiveWithSource(within: limit)?.bytes
    }

    /// Whether the other side has ended the connection, in order or by a reset.
    package func isEnded(within limit: Int32 = 3000) throws -> Bool {
        guard waitFor(Int16(POLLIN), limit) else { return false }
        var byte: UInt8 = 0
        // SAFETY: the kernel writes one byte into a variable that outlives the call.
        return unsafe Glibc.recv(number, &byte, 1, 0) <= 0
    }

    package func receiveWithSource(
        within limit: Int32 = 3000
    ) throws -> (bytes: [UInt8], source: Endpoint?)? {
        guard waitFor(Int16(POLLIN), limit) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65536)
        var address = SocketAddress()
        let capacity = bytes.count
        let count = unsafe address.withMutablePointer { pointer, size in
            unsafe Glibc.recvfrom(number, &bytes, capacity, 0, pointer, size)
        }
        if count < 0, errno == ECONNREFUSED || errno == ECONNRESET { return nil }
        try Self.check("recv", count)
        return (Array(bytes.prefix(count)), address.endpoint)
    }

    package enum End: Sendable { case own, peer }

    package func name(of end: End) throws -> Endpoint {
        var address = SocketAddress()
        let result = unsafe address.withMutablePointer { pointer, size in
            switch end {
            case .own: unsafe getsockname(number, pointer, size)
            case .peer: unsafe getpeername(number, pointer, size)
            }
        }
        try Self.check("getsockname", result)
        guard let endpoint = address.endpoint else { throw Failure(call: "name", code: EINVAL) }
        return endpoint
    }

    convenience init(opening transport: TransportProtocol, v6: Bool) throws {
        let kind = transport == .udp ? SOCK_DGRAM.rawValue : SOCK_STREAM.rawValue
        let family = v6 ? AF_INET6 : AF_INET
        self.init(
            try Self.check(
                "socket",
                socket(family, Int32(kind | SOCK_CLOEXEC.rawValue), Int32(transport.rawValue))))
        try option(SOL_SOCKET, SO_REUSEADDR, 1)
    }

    private func option(_ level: Int, _ name: Int32, _ value: Int32) throws {
        try option(Int32(level), name, value)
    }

    func option(_ level: Int32, _ name: Int32, _ value: Int32) throws {
        var value = value
        // SAFETY: the kernel reads one number of a variable that outlives the call.
        try Self.check(
            "setsockopt",
            unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size)))
    }

    func bind(_ endpoint: Endpoint) throws {
        let bound = try unsafe SocketAddress(endpoint).withPointer { address, size in
            unsafe Glibc.bind(number, address, size)
        }
        try Self.check("bind", bound)
    }

    func connectNow(_ endpoint: Endpoint) throws {
        let connected = try unsafe SocketAddress(endpoint).withPointer { address, size in
            unsafe Glibc.connect(number, address, size)
        }
        try Self.check("connect", connected)
    }

    private func setBlocking(_ blocking: Bool) throws {
        let flags = fcntl(number, F_GETFL)
        try Self.check(
            "fcntl", fcntl(number, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK))
    }

    private func pendingError() -> Int32 {
        var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        // SAFETY: the kernel writes one number into a variable that outlives the call.
        _ = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    func waitFor(_ events: Int16, _ milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: number, events: events, revents: 0)
        // SAFETY: one entry, which outlives the call.
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    @discardableResult
    static func check<Result: SignedInteger>(_ call: String, _ result: Result) throws
        -> Result
    {
        guard result >= 0 else { throw Failure(call: call, code: errno) }
        return result
    }
}

/// An endpoint as the C library takes it.
private struct SocketAddress {
    private var storage = sockaddr_storage()
    private var size = socklen_t(MemoryLayout<sockaddr_storage>.size)

    init() {}

    init(_ endpoint: Endpoint, mappingV4: Bool = false) throws {
        var octets = endpoint.address.octets
        let isV6 = endpoint.address.family == .v6 || mappingV4
        if isV6, octets.count == 4 {
            octets = [UInt8](repeating: 0, count: 10) + [255, 255] + octets
        }
        let port = [UInt8(endpoint.port >> 8), UInt8(truncatingIfNeeded: endpoint.port)]
        let family = UInt16(isV6 ? AF_INET6 : AF_INET)
        let head = [UInt8(truncatingIfNeeded: family), UInt8(family >> 8)] + port
        let bytes = isV6 ? head + [0, 0, 0, 0] + octets + [0, 0, 0, 0] : head + octets
        unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.copyBytes(from: bytes) }
        size = isV6 ? 28 : 16
    }

    var endpoint: Endpoint? {
        let bytes = unsafe withUnsafeBytes(of: storage) { unsafe Array($0.prefix(28)) }
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        if bytes[0] == UInt8(AF_INET) {
            return IPAddress(octets: bytes[4..<8]).map { Endpoint($0, port) }
        }
        guard bytes[0] == UInt8(AF_INET6) else { return nil }
        let isMapped = bytes[8..<18].allSatisfy { $0 == 0 } && bytes[18] == 255 && bytes[19] == 255
        return IPAddress(octets: isMapped ? bytes[20..<24] : bytes[8..<24]).map {
            Endpoint($0, port)
        }
    }

    func withPointer<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) rethrows -> Result {
        // SAFETY: the storage is as large as any address and outlives the call.
        try unsafe withUnsafePointer(to: storage) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try unsafe body($0, size)
            }
        }
    }

    mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        // SAFETY: as above.
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &size)
            }
        }
    }
}

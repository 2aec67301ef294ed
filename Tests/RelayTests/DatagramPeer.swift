import Addressing
import CLinux
import Glibc
import TestKit
import Testing

@testable import Relay

/// A socket of a client or a target, on the loopback interface; calls wait at most as long as told.
final class DatagramPeer: Sendable {
    private let number: Int32
    let endpoint: Endpoint

    init(at text: String = "127.0.0.1", _ port: UInt16 = 0) throws {
        let place = Sample.endpoint(text, port)
        var asked = clinux_endpoint(place.address, port)
        let isV6: Int32 = place.address.family == .v6 ? 1 : 0
        number = unsafe clinux_bind_datagram(&asked, isV6, nil, 0)
        try #require(number >= 0)
        // What the socket is told to put together, a test would have to take apart again.
        var off: Int32 = 0
        // SAFETY: the kernel reads one number of a variable that outlives the call.
        _ = unsafe setsockopt(number, 17, 104, &off, socklen_t(MemoryLayout<Int32>.size))
        var own = clinux_endpoint()
        _ = unsafe clinux_own_end(number, &own)
        endpoint = own.endpoint
    }

    deinit { _ = clinux_close(number) }

    func send(_ bytes: [UInt8], to place: Endpoint) throws {
        let address = SocketName(place)
        let sent = unsafe address.with { pointer, size in
            unsafe Glibc.sendto(number, bytes, bytes.count, 0, pointer, size)
        }
        try #require(sent == bytes.count)
    }

    /// From now on only what `place` sends is heard.
    func connect(to place: Endpoint) throws {
        let address = SocketName(place)
        try #require(unsafe address.with { unsafe Glibc.connect(number, $0, $1) } == 0)
    }

    /// The next datagram; nil when none came.
    func receive(within limit: Int32 = 3000) throws -> (bytes: [UInt8], source: Endpoint)? {
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, which outlives the call.
        guard unsafe poll(&waiting, 1, limit) > 0 else { return nil }
        var address = SocketName()
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { room, count in
            let base = room.baseAddress
            let received = unsafe address.withMutable { pointer, size in
                unsafe Glibc.recvfrom(number, base, 65536, 0, pointer, size)
            }
            count = max(0, received)
        }
        return (bytes, address.endpoint)
    }

    func receiveBytes(within limit: Int32 = 3000) throws -> [UInt8]? {
        try receive(within: limit)?.bytes
    }
}

/// An address as the kernel writes it.
private struct SocketName {
    private var v6 = sockaddr_in6()
    private var v4 = sockaddr_in()
    private var isV6 = true

    init() {}

    init(_ place: Endpoint) {
        switch place.address {
        case .v4(let address):
            isV6 = false
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = place.port.bigEndian
            v4.sin_addr.s_addr = address.bits.bigEndian
        case .v6(let address):
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = place.port.bigEndian
            // SAFETY: sixteen bytes into sixteen bytes.
            unsafe withUnsafeMutableBytes(of: &v6.sin6_addr) {
                unsafe $0.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                unsafe $0.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
        }
    }

    // SAFETY: each passes the address of a structure that lives for the call, with its size.
    func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        isV6 ? unsafe Self.pass(v6, body) : unsafe Self.pass(v4, body)
    }

    private static func pass<Name, Result>(
        _ name: Name, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Name>.size))
            }
        }
    }

    mutating func withMutable(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int
    ) -> Int {
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        return unsafe withUnsafeMutablePointer(to: &v6) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &size) }
        }
    }

    /// Of what the kernel has written.
    var endpoint: Endpoint {
        let bytes = unsafe withUnsafeBytes(of: v6) { unsafe Array($0) }
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        func number(_ range: Range<Int>) -> UInt64 {
            bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard v6.sin6_family == sa_family_t(AF_INET6) else {
            return Endpoint(.v4(IPv4Address(bits: UInt32(number(4..<8)))), port)
        }
        return Endpoint(.v6(IPv6Address(high: number(8..<16), low: number(16..<24))), port)
    }
}

package import Addressing
internal import CLinux
import Glibc

/// A UDP socket at one own address, which speaks with whom it likes.
///
/// What it sends comes from the address that it is bound to, and it hears only what was sent there.
package final class DatagramSocket: Sendable {
    private let descriptor: OwnedDescriptor
    /// Where it is; the kernel chose the port if none was named.
    package let place: Endpoint

    /// - Parameter device: the interface that all goes out and comes in by; nil for any.
    package init(at place: Endpoint, on device: InterfaceName? = nil) throws(KernelError) {
        var wanted = clinux_endpoint(place)
        // SAFETY: both arguments outlive the call, which only reads them.
        let number = unsafe clinux_udp_open(&wanted, device?.text)
        descriptor = OwnedDescriptor(adopting: try KernelError.check(number, .ask))
        // SAFETY: the call writes one endpoint into a variable that outlives it.
        _ = try KernelError.check(unsafe clinux_own_end(descriptor.number, &wanted), .ask)
        self.place = Endpoint(place.address, wanted.port)
    }

    /// The longest datagram that is received whole.
    private static let longest = 65_535

    /// Sends one datagram, which may be lost on the way like any other.
    package func send(_ bytes: [UInt8], to peer: Endpoint) throws(KernelError) {
        var peer = clinux_endpoint(peer)
        // SAFETY: the kernel reads `count` bytes of an array that outlives the call.
        let sent = unsafe clinux_udp_send(descriptor.number, &peer, bytes, bytes.count)
        _ = try KernelError.check(sent, .ask)
    }

    /// What has come, without waiting; nil when there is nothing more.
    package func receive() -> (bytes: [UInt8], peer: Endpoint)? {
        var peer = clinux_endpoint()
        var count = -Int(EAGAIN)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.longest) { buffer, used in
            // SAFETY: the kernel writes at most `count` bytes into the buffer, and what it returns is
            // how many.
            count = unsafe clinux_udp_receive(
                descriptor.number, buffer.baseAddress, buffer.count, &peer)
            used = max(0, count)
        }
        guard count >= 0, let place = Endpoint(peer, like: place.address.family) else { return nil }
        return (bytes, place)
    }

    /// Whether something comes within some milliseconds.
    package func isReadable(within milliseconds: Int32) -> Bool {
        clinux_wait_readable(descriptor.number, -1, milliseconds) & 1 == 1
    }

    /// Waits until one of at most seven sockets has something, or the bell rings.
    ///
    /// - Returns: which of them; none when it was the bell.
    package static func readable(
        among sockets: [DatagramSocket], unless bell: Bell
    ) throws(KernelError) -> [Int] {
        let numbers = [bell.number] + sockets.map { $0.descriptor.number }
        // SAFETY: the call reads `count` numbers of an array that outlives it.
        let ready = unsafe clinux_wait_any(numbers, Int32(numbers.count), -1)
        let bits = try KernelError.check(ready, .wait)
        return bits & 1 == 1 ? [] : sockets.indices.filter { bits >> Int32($0 + 1) & 1 == 1 }
    }
}

extension clinux_endpoint {
    init(_ endpoint: Endpoint) {
        self.init()
        port = endpoint.port
        switch endpoint.address {
        case .v4(let address): (high, low) = (0, 0xffff << 32 | UInt64(address.bits))
        case .v6(let address): (high, low) = (address.high, address.low)
        }
    }
}

extension Endpoint {
    fileprivate init?(_ endpoint: clinux_endpoint, like family: AddressFamily) {
        let v6 = IPv6Address(high: endpoint.high, low: endpoint.low)
        switch family {
        case .v4 where v6.isV4Mapped:
            let bits = UInt32(truncatingIfNeeded: endpoint.low)
            self.init(.v4(IPv4Address(bits: bits)), endpoint.port)
        case .v4: return nil
        case .v6: self.init(.v6(v6), endpoint.port)
        }
    }
}

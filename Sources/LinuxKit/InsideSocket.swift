package import Addressing
internal import CLinux
package import Glibc

/// A UDP socket at one own address of one interface, for an event loop to take over.
///
/// It hears only what came in by the interface for that address, and what it sends leaves from there.
package struct InsideSocket: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// Bytes that wait to be read: some thousand requests, each of which costs the kernel near a page.
    private static let room: Int32 = 4 << 20

    /// - Parameter hops: how far goes what is sent to a group.
    package init(
        at place: Endpoint, on interface: InterfaceName, hops: Int32
    ) throws(KernelError) {
        var wanted = clinux_endpoint(place)
        // SAFETY: both arguments outlive the call, which only reads them.
        let number = unsafe clinux_udp_open(&wanted, interface.text)
        let descriptor = OwnedDescriptor(adopting: try KernelError.check(number, .ask))
        let isV6: Int32 = place.address.family == .v6 ? 1 : 0
        _ = try KernelError.check(clinux_udp_multicast(descriptor.number, isV6, hops), .ask)
        clinux_udp_room(descriptor.number, Self.room)
        self.descriptor = descriptor
    }

    /// Gives the descriptor to who closes it.
    package consuming func handedOver() -> Int32 { descriptor.handedOver() }
}

extension Endpoint {
    package init(_ address: sockaddr_in) {
        let bits = UInt32(bigEndian: address.sin_addr.s_addr)
        self.init(.v4(IPv4Address(bits: bits)), UInt16(bigEndian: address.sin_port))
    }

    package init(_ address: sockaddr_in6) {
        // SAFETY: the octets are read as long as the value is there, and are no pointers.
        let octets = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe [UInt8]($0) }
        self.init(.v6(IPv6Address(octets: octets)), UInt16(bigEndian: address.sin6_port))
    }
}

package import Addressing
package import Glibc

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

/// The low 64 bits of a device's IPv6 address, which stay while the prefix in front of them changes
/// (RFC 4291 section 2.5.1).
package struct InterfaceIdentifier: Hashable, Sendable {
    package let bits: UInt64

    /// Nil for 0: the address of all routers of a subnet (RFC 4291 section 2.6.1).
    package init?(_ bits: UInt64) {
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    /// The address of the device in a prefix of 64 bits.
    package func address(in prefix: IPv6Address) -> IPv6Address {
        IPv6Address(high: prefix.high, low: bits)
    }
}

extension InterfaceIdentifier: LosslessStringConvertible {
    /// Reads an address whose first 64 bits are zero, and `/64` behind it.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "64", let address = IPv6Address(parts[0]),
            address.high == 0
        else { return nil }
        self.init(address.low)
    }

    package init?(_ description: String) {
        self.init(description[...])
    }

    package var description: String { "\(IPv6Address(high: 0, low: bits))/64" }
}

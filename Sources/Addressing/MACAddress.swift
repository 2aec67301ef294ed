/// The hardware address of a device, six octets (IEEE EUI-48).
package struct MACAddress: Hashable, Sendable {
    package let octets: [UInt8]

    /// Nil unless there are six octets.
    package init?(octets: some Sequence<UInt8>) {
        let octets = Array(octets)
        guard octets.count == 6 else { return nil }
        self.octets = octets
    }

    /// The interface identifier that IPv6 forms from this address (RFC 4291 appendix A).
    package var interfaceIdentifier: UInt64 {
        let eui64 =
            [octets[0] ^ 0x02, octets[1], octets[2], 0xff, 0xfe, octets[3], octets[4], octets[5]]
        return eui64.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A device address has the group bit clear; group addresses name no device.
    package var isDevice: Bool { octets[0] & 1 == 0 && octets.contains { $0 != 0 } }
}

extension MACAddress: LosslessStringConvertible {
    /// Reads six pairs of hexadecimal digits between colons or hyphens.
    package init?(_ text: some StringProtocol) {
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        var octets: [UInt8] = []
        for part in parts {
            guard part.utf8.count == 2, part.first != "+", let octet = UInt8(part, radix: 16)
            else { return nil }
            octets.append(octet)
        }
        self.init(octets: octets)
    }

    package init?(_ description: String) {
        self.init(description[...])
    }

    package var description: String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

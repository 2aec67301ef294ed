/// An IPv4 address (RFC 791).
package struct IPv4Address: Hashable, Sendable, BitwiseCopyable {
    /// The address as a number; the first octet is the most significant byte.
    package var bits: UInt32

    package init(bits: UInt32) {
        self.bits = bits
    }

    package init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        bits =
            UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// The four octets in network order.
    package var octets: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) }
    }
}

extension IPv4Address: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.bits < right.bits
    }
}

extension IPv4Address: LosslessStringConvertible {
    /// Reads dotted decimal: four numbers of 0 to 255, no leading zero.
    ///
    /// A leading zero is refused because other programs read it as octal.
    package init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let octet = Self.octet(part) else { return nil }
            bits = bits << 8 | octet
        }
        self.init(bits: bits)
    }

    package init?(_ description: String) {
        self.init(description[...])
    }

    package var description: String {
        "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
    }

    private static func octet(_ digits: some Collection<UInt8>) -> UInt32? {
        guard let first = digits.first, digits.count <= 3 else { return nil }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
        }
        return value <= 255 ? value : nil
    }
}

extension IPv4Address {
    package static let any = IPv4Address(bits: 0)

    /// 224.0.0.0/4 (RFC 5771).
    package var isMulticast: Bool { bits >> 28 == 0xe }

    /// 127.0.0.0/8 (RFC 1122 section 3.2.1.3).
    package var isLoopback: Bool { bits >> 24 == 127 }

    /// 0.0.0.0/8, "this network" (RFC 6890).
    package var isUnspecified: Bool { bits >> 24 == 0 }

    /// 240.0.0.0/4, reserved, with the limited broadcast address (RFC 6890).
    package var isReserved: Bool { bits >> 28 == 0xf }

    /// 169.254.0.0/16 (RFC 3927).
    package var isLinkLocal: Bool { bits >> 16 == 0xa9fe }
}

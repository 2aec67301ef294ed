/// A block of addresses: those that share the first `length` bits (RFC 4632).
package struct Prefix: Hashable, Sendable {
    /// The first address of the block; its host bits are zero.
    package let base: IPAddress
    /// 0 to 32 for IPv4, 0 to 128 for IPv6.
    package let length: Int

    /// Cuts the host bits of `address` away.
    package init(containing address: IPAddress, length: Int) {
        let limit = address.family == .v4 ? 32 : 128
        self.length = min(max(length, 0), limit)
        switch address {
        case .v4(let v4): base = .v4(IPv4Address(bits: v4.bits & Self.mask32(self.length)))
        case .v6(let v6):
            let mask = Self.mask128(self.length)
            base = .v6(IPv6Address(high: v6.high & mask.high, low: v6.low & mask.low))
        }
    }

    /// The block of one address.
    package init(_ address: IPAddress) {
        self.init(containing: address, length: 128)
    }

    package var family: AddressFamily { base.family }

    /// Tells whether the block is a single address.
    package var isHost: Bool { length == (family == .v4 ? 32 : 128) }

    /// The last address of the block.
    package var last: IPAddress {
        switch base {
        case .v4(let v4): .v4(IPv4Address(bits: v4.bits | ~Self.mask32(length)))
        case .v6(let v6):
            .v6(
                IPv6Address(
                    high: v6.high | ~Self.mask128(length).high,
                    low: v6.low | ~Self.mask128(length).low))
        }
    }

    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let base), .v4(let address)):
            address.bits & Self.mask32(length) == base.bits
        case (.v6(let base), .v6(let address)):
            address.high & Self.mask128(length).high == base.high
                && address.low & Self.mask128(length).low == base.low
        case (.v4, .v6), (.v6, .v4): false
        }
    }

    package func contains(_ other: Prefix) -> Bool {
        other.length >= length && contains(other.base)
    }

    private static func mask32(_ length: Int) -> UInt32 {
        length == 0 ? 0 : ~0 << UInt32(32 - length)
    }

    private static func mask128(_ length: Int) -> (high: UInt64, low: UInt64) {
        let high: UInt64 = length == 0 ? 0 : ~0 << UInt64(64 - min(length, 64))
        let low: UInt64 = length <= 64 ? 0 : ~0 << UInt64(128 - length)
        return (high, low)
    }
}

/// Why a text is not a prefix.
package enum PrefixError: Error, Hashable, Sendable {
    case notAnAddress
    case badLength(limit: Int)
    /// The address has bits beyond the length; `meant` is the block that it lies in.
    case hostBits(meant: Prefix)
}

extension Prefix {
    /// Reads `address` or `address/length`; the bits beyond the length must be zero.
    package init(parsing text: some StringProtocol) throws(PrefixError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { throw .notAnAddress }
        let limit = address.family == .v4 ? 32 : 128
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]),
            length <= limit
        else { throw .badLength(limit: limit) }
        self.init(containing: address, length: length)
        guard base == address else { throw .hostBits(meant: self) }
    }
}

extension Prefix: CustomStringConvertible {
    package var description: String {
        isHost ? base.description : "\(base)/\(length)"
    }
}

extension Prefix: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.base, left.length) < (right.base, right.length)
    }
}

/// SipHash-2-4 (Aumasson, Bernstein): a keyed function from bytes to 64 bits that nobody without the key
/// can foresee.
package enum SipHash {
    package struct Key: Hashable, Sendable {
        let first: UInt64
        let second: UInt64

        package init(_ first: UInt64, _ second: UInt64) {
            (self.first, self.second) = (first, second)
        }

        init(_ bytes: [UInt8]) {
            let padded =
                Array(bytes.prefix(16)) + Array(repeating: 0, count: max(0, 16 - bytes.count))
            (first, second) = (SipHash.word(padded[0..<8]), SipHash.word(padded[8..<16]))
        }
    }

    package static func hash(_ bytes: [UInt8], _ key: Key) -> UInt64 {
        var state = State(key)
        var rest = bytes[...]
        while rest.count >= 8 {
            state.absorb(word(rest.prefix(8)))
            rest = rest.dropFirst(8)
        }
        state.absorb(word(rest) | UInt64(truncatingIfNeeded: bytes.count) << 56)
        return state.end()
    }

    /// Little endian, at most eight bytes.
    static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: Key) {
            v0 = key.first ^ 0x736f_6d65_7073_6575
            v1 = key.second ^ 0x646f_7261_6e64_6f6d
            v2 = key.first ^ 0x6c79_6765_6e65_7261
            v3 = key.second ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            rounds(2)
            v0 ^= word
        }

        mutating func end() -> UInt64 {
            v2 ^= 0xff
            rounds(4)
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func rounds(_ count: Int) {
            for _ in 0..<count {
                v0 = v0 &+ v1
                v1 = Self.turned(v1, 13) ^ v0
                v0 = Self.turned(v0, 32)
                v2 = v2 &+ v3
                v3 = Self.turned(v3, 16) ^ v2
                v0 = v0 &+ v3
                v3 = Self.turned(v3, 21) ^ v0
                v2 = v2 &+ v1
                v1 = Self.turned(v1, 17) ^ v2
                v2 = Self.turned(v2, 32)
            }
        }

        private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word << bits | word >> (64 - bits)
        }
    }
}

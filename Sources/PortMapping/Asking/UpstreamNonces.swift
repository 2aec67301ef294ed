import Addressing
package import Forwarding
package import Wire

/// Draws the nonce of each mapping from one secret.
///
/// A program that was killed finds its mappings again after it has been started anew: a nonce that was
/// lost would shut it out until they end (RFC 6887 section 11.1). Nobody who does not know the secret can
/// foresee them.
package struct UpstreamNonces: Hashable, Sendable {
    private let low: UInt64
    private let high: UInt64

    package init(secret low: UInt64, _ high: UInt64) { (self.low, self.high) = (low, high) }

    /// A secret of its own for each machine, made of what it is known by.
    ///
    /// - Parameter text: that of `/etc/machine-id`, which must not be shown to others (machine-id(5)).
    package init?(machine text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(64))
        guard bytes.count >= 32 else { return nil }
        low = SipHash.hash(bytes, 0x706f_7274_6375_6c6c, 1)
        high = SipHash.hash(bytes, 0x706f_7274_6375_6c6c, 2)
    }

    package func nonce(for key: UpstreamKey) -> MappingNonce {
        let port = [UInt8(key.port >> 8), UInt8(truncatingIfNeeded: key.port)]
        let name = [key.transport.rawValue] + port
        return MappingNonce(
            high: SipHash.hash([0] + name, low, high),
            low: UInt32(truncatingIfNeeded: SipHash.hash([1] + name, low, high)))
    }
}

extension UpstreamNonces: CustomStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// SipHash-2-4 (Aumasson, Bernstein): a short keyed hash that cannot be foreseen without its key.
enum SipHash {
    static func hash(_ bytes: [UInt8], _ low: UInt64, _ high: UInt64) -> UInt64 {
        var state = State(low, high)
        var start = 0
        while start + 8 <= bytes.count {
            state.absorb(word(bytes[start..<start + 8]))
            start += 8
        }
        state.absorb(word(bytes[start...]) | UInt64(bytes.count & 0xff) << 56)
        return state.finish()
    }

    /// Little-endian.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)

        init(_ low: UInt64, _ high: UInt64) {
            (a, b) = (low ^ 0x736f_6d65_7073_6575, high ^ 0x646f_7261_6e64_6f6d)
            (c, d) = (low ^ 0x6c79_6765_6e65_7261, high ^ 0x7465_6462_7974_6573)
        }

        mutating func absorb(_ word: UInt64) {
            d ^= word
            stir(2)
            a ^= word
        }

        mutating func finish() -> UInt64 {
            c ^= 0xff
            stir(4)
            return a ^ b ^ c ^ d
        }

        private mutating func stir(_ rounds: Int) {
            for _ in 0..<rounds {
                (a, c) = (a &+ b, c &+ d)
                (b, d) = (a ^ Self.turned(b, 13), c ^ Self.turned(d, 16))
                a = Self.turned(a, 32)
                (c, a) = (c &+ b, a &+ d)
                (b, d) = (c ^ Self.turned(b, 17), a ^ Self.turned(d, 21))
                c = Self.turned(c, 32)
            }
        }

        private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word << bits | word >> (64 - bits)
        }
    }
}

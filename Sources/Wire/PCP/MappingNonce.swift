/// By which a client proves that a mapping is its own (RFC 6887 section 11.1).
///
/// Whoever knows it can take the mapping away, so no text shows it.
package struct MappingNonce: Hashable, Sendable, BitwiseCopyable {
    package let high: UInt64
    package let low: UInt32

    package init(high: UInt64, low: UInt32) {
        (self.high, self.low) = (high, low)
    }

    /// A new one; `generator` has to be one that nobody can foresee.
    package init(using generator: inout some RandomNumberGenerator) {
        self.init(
            high: generator.next(),
            low: UInt32(truncatingIfNeeded: generator.next() as UInt64))
    }

    init?(next rest: inout Stretch, in bytes: Span<UInt8>) {
        guard let high = rest.next(UInt64.self, in: bytes),
            let low = rest.next(UInt32.self, in: bytes)
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension MappingNonce: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(nonce)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Names that stay the same without saying what they were made from.
///
/// They are UUIDs of version 8 (RFC 9562 section 5.8): 122 bits of SipHash-2-4 (Aumasson and Bernstein
/// 2012) over a text, keyed with the machine's secret. Whoever has the names cannot tell the secret,
/// and no address of the machine is in them.
package enum DerivedUUID {
    /// - Parameter secret: sixteen bytes; of others the first sixteen, with zeros behind them.
    package static func text(_ secret: [UInt8], _ purpose: String) -> String {
        let key = SipHash.Key(secret)
        var high = SipHash.hash(Array("\(purpose) 1".utf8), key)
        var low = SipHash.hash(Array("\(purpose) 2".utf8), key)
        high = high & ~0xf000 | 0x8000
        low = low & ~(0b11 << 62) | 0b10 << 62
        return grouped(high, low)
    }

    /// Sixteen bytes that the caller has drawn, as the name of a subscription (RFC 9562, version 4).
    package static func drawn(_ high: UInt64, _ low: UInt64) -> String {
        grouped(high & ~0xf000 | 0x4000, low & ~(0b11 << 62) | 0b10 << 62)
    }

    private static func grouped(_ high: UInt64, _ low: UInt64) -> String {
        let digits = hex(high) + hex(low)
        let ends = [0, 8, 12, 16, 20, 32]
        return zip(ends, ends.dropFirst()).map { String(digits[$0..<$1]) }.joined(separator: "-")
    }

    private static func hex(_ number: UInt64) -> [Character] {
        let digits = String(number, radix: 16)
        return Array(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}

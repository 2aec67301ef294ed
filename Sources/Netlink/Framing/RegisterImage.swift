package import Addressing

/// Up to 32 bytes as the packet path holds them in its registers: keys and values of sets and maps.
///
/// Every field begins at a multiple of four bytes, value first and zeros behind (nf_tables
/// registers are 32 bits wide). Kept as a flat value: a table of 60,000 forwards makes 120,000 of
/// these, and none may cost an allocation.
package struct RegisterImage: Hashable, Sendable, BitwiseCopyable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    package private(set) var count = 0

    package init() {}

    package init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes.prefix(32) { append(byte) }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
        hasher.combine(count)
    }

    package subscript(place: Int) -> UInt8 {
        let word =
            switch place >> 3 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (place & 7)))
    }

    package var bytes: [UInt8] { (0..<count).map { self[$0] } }

    func append(to bytes: inout [UInt8]) {
        for place in 0..<count { bytes.append(self[place]) }
    }

    private mutating func append(_ byte: UInt8) {
        let bits = UInt64(byte) << UInt64(56 - 8 * (count & 7))
        switch count >> 3 {
        case 0: words.0 |= bits
        case 1: words.1 |= bits
        case 2: words.2 |= bits
        default: words.3 |= bits
        }
        count += 1
    }

    private mutating func append32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    // Fields, each padded to a multiple of four bytes.

    package func address(_ address: IPAddress) -> Self {
        var image = self
        switch address {
        case .v4(let v4): image.append32(v4.bits)
        case .v6(let v6):
            image.append32(UInt32(truncatingIfNeeded: v6.high >> 32))
            image.append32(UInt32(truncatingIfNeeded: v6.high))
            image.append32(UInt32(truncatingIfNeeded: v6.low >> 32))
            image.append32(UInt32(truncatingIfNeeded: v6.low))
        }
        return image
    }

    package func transport(_ transport: TransportProtocol) -> Self {
        var image = self
        image.append32(UInt32(transport.rawValue) << 24)
        return image
    }

    package func port(_ port: UInt16) -> Self {
        var image = self
        image.append32(UInt32(port) << 16)
        return image
    }

    /// A mark, in host order.
    package func mark(_ mark: UInt32) -> Self {
        var image = self
        image.append32(mark.byteSwapped)
        return image
    }

    package func interface(_ name: InterfaceName) -> Self {
        var image = self
        for byte in name.text.utf8 { image.append(byte) }
        for _ in name.text.utf8.count..<16 { image.append(0) }
        return image
    }

    /// A single port as the whole key: two bytes, no padding.
    package static func lonePort(_ port: UInt16) -> Self {
        RegisterImage([UInt8(port >> 8), UInt8(truncatingIfNeeded: port)])
    }

    /// The four bytes at `place` as a mark.
    package func mark(at place: Int) -> UInt32 {
        UInt32(self[place]) | UInt32(self[place + 1]) << 8 | UInt32(self[place + 2]) << 16
            | UInt32(self[place + 3]) << 24
    }
}

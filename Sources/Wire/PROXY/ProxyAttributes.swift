/// What stands behind the addresses of version 2: type, length and value, one after another.
struct ProxyAttributes {
    /// The first host name, if it is text.
    private(set) var authority: String?
    private var isChecked = false

    private enum Kind {
        static let authority: UInt8 = 0x02
        static let checksum: UInt8 = 0x03
        static let uniqueID: UInt8 = 0x05
        static let ssl: UInt8 = 0x20
    }

    private static let longestName = 255
    private static let longestID = 128
    /// Flags and the result of the verification, before attributes of its own.
    private static let sslHead = 5

    /// - Parameter bytes: from the first byte of the header, which ends where the attributes do.
    init(_ attributes: Stretch, in bytes: Span<UInt8>) throws(ProxyHeaderError) {
        var rest = attributes
        while let (kind, value) = try Self.next(of: &rest, in: bytes) {
            switch kind {
            case Kind.authority: noteAuthority(value.octets(in: bytes))
            case Kind.checksum: try check(value, in: bytes, end: attributes.end)
            case Kind.uniqueID:
                guard value.count <= Self.longestID else { throw .attribute }
            case Kind.ssl: try Self.walk(value, in: bytes)
            default: break
            }
        }
    }

    /// Nil at the end.
    private static func next(
        of rest: inout Stretch, in bytes: Span<UInt8>
    ) throws(ProxyHeaderError) -> (kind: UInt8, value: Stretch)? {
        guard let kind = rest.next(UInt8.self, in: bytes) else { return nil }
        guard let value = rest.vector(UInt16.self, in: bytes) else { throw .attribute }
        return (kind, value)
    }

    private mutating func noteAuthority(_ octets: [UInt8]) {
        guard authority == nil, octets.count <= Self.longestName else { return }
        authority = String(validating: octets, as: UTF8.self)
    }

    private mutating func check(
        _ value: Stretch, in bytes: Span<UInt8>, end: Int
    ) throws(ProxyHeaderError) {
        var number = value
        guard !isChecked, value.count == 4, let said = number.next(UInt32.self, in: bytes) else {
            throw .attribute
        }
        guard said == CRC32C.of(bytes, upTo: end, zeroing: value.range) else { throw .checksum }
        isChecked = true
    }

    private static func walk(_ ssl: Stretch, in bytes: Span<UInt8>) throws(ProxyHeaderError) {
        var rest = ssl
        guard rest.take(sslHead) != nil else { throw .attribute }
        while try next(of: &rest, in: bytes) != nil {}
    }
}

/// The checksum of RFC 3720 section 12.1 (Castagnoli), bits reflected.
enum CRC32C {
    /// Of the first `end` bytes, those in `hole` taken for zero: the checksum's own.
    static func of(_ bytes: Span<UInt8>, upTo end: Int, zeroing hole: Range<Int>) -> UInt32 {
        var crc: UInt32 = 0xffff_ffff
        for place in 0..<end {
            crc ^= hole.contains(place) ? 0 : UInt32(bytes[place])
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        return crc ^ 0xffff_ffff
    }
}

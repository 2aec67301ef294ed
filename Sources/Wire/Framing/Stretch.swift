import Addressing

/// A stretch of bytes that is still to be read, from the front; what lies outside is out of reach.
///
/// It holds places and no bytes, so that it can be kept and nested; the bytes come with each call.
struct Stretch {
    private(set) var place: Int
    let end: Int

    init(_ range: Range<Int>) {
        (place, end) = (range.lowerBound, range.upperBound)
    }

    var range: Range<Int> { place..<end }
    var count: Int { end - place }
    var isEmpty: Bool { place == end }

    /// The next number, in network order; nil when fewer bytes are left.
    mutating func next<Number: FixedWidthInteger & UnsignedInteger>(
        _ kind: Number.Type, in bytes: Span<UInt8>
    ) -> Number? {
        guard let part = take(MemoryLayout<Number>.size) else { return nil }
        return part.range.reduce(0) { $0 << 8 | Number(bytes[$1]) }
    }

    /// The next `count` bytes; nil when fewer are left.
    mutating func take(_ count: Int) -> Stretch? {
        guard count >= 0, count <= self.count else { return nil }
        defer { place += count }
        return Stretch(place..<(place + count))
    }

    /// What a length in front of it announces; nil unless all of it is there.
    mutating func vector<Length: FixedWidthInteger & UnsignedInteger>(
        _ kind: Length.Type, in bytes: Span<UInt8>
    ) -> Stretch? {
        guard let length = next(kind, in: bytes) else { return nil }
        return take(Int(length))
    }

    func octets(in bytes: Span<UInt8>) -> [UInt8] {
        range.map { bytes[$0] }
    }
}

extension Stretch {
    /// The next sixteen octets, IPv4 as IPv4; nil when fewer are left.
    mutating func nextMapped(in bytes: Span<UInt8>) -> IPAddress? {
        guard let high = next(UInt64.self, in: bytes), let low = next(UInt64.self, in: bytes)
        else { return nil }
        return IPAddress.v6(IPv6Address(high: high, low: low)).unmapped
    }
}

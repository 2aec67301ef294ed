/// A run of attributes inside a receive buffer.
///
/// Whether one holds others is known by the schema, never by its flag: the kernel leaves the flag
/// out in its own dumps.
package struct Attributes: Sequence {
    let bytes: [UInt8]
    let start: Int
    let end: Int

    package func makeIterator() -> Iterator {
        Iterator(bytes: bytes, place: start, end: end)
    }

    package struct Iterator: IteratorProtocol {
        let bytes: [UInt8]
        var place: Int
        let end: Int

        /// The next attribute; nil at the end, and at one that does not fit.
        package mutating func next() -> Attribute? {
            guard place + 4 <= end else { return nil }
            let length = Int(bytes.host16(place))
            guard length >= 4, place + length <= end else { return nil }
            let attribute = Attribute(
                type: bytes.host16(place + 2) & 0x3fff, bytes: bytes, start: place + 4,
                end: place + length)
            place += (length + 3) & ~3
            return attribute
        }
    }

    /// The first attribute of the type.
    package subscript(type: UInt16) -> Attribute? {
        var iterator = makeIterator()
        while let attribute = iterator.next() {
            if attribute.type == type { return attribute }
        }
        return nil
    }
}

/// One attribute: its type without the flag bits, and where its payload lies.
package struct Attribute {
    package let type: UInt16
    let bytes: [UInt8]
    package let start: Int
    package let end: Int

    package var count: Int { end - start }
    package var payload: ArraySlice<UInt8> { bytes[start..<end] }
    package var nested: Attributes { Attributes(bytes: bytes, start: start, end: end) }

    package var byte: UInt8? { count >= 1 ? bytes[start] : nil }
    package var big16: UInt16? { count >= 2 ? bytes.big16(start) : nil }
    package var big32: UInt32? { count >= 4 ? bytes.big32(start) : nil }
    package var big64: UInt64? { count >= 8 ? bytes.big64(start) : nil }
    package var host16: UInt16? { count >= 2 ? bytes.host16(start) : nil }
    package var host32: UInt32? { count >= 4 ? bytes.host32(start) : nil }
    package var host64: UInt64? { count >= 8 ? bytes.host64(start) : nil }

    /// Text up to the first zero byte; bytes that are no UTF-8 are replaced.
    package var string: String {
        String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self)
    }

    package var image: RegisterImage { RegisterImage(payload) }
}

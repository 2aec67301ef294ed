/// Writes netlink messages one behind the other into one buffer.
///
/// Lengths are filled in when a message or a nest ends, so no size is ever computed beforehand.
/// Headers and attribute headers are in host order; every Linux that Swift runs on is little-endian,
/// and so is what stands here (reference: include/uapi/linux/netlink.h).
package struct MessageWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// The first nest that outgrew its 16-bit length, if any: such a buffer must not be sent.
    package private(set) var overflow: Overflow?

    /// A nest holds at most 65,535 bytes; one more and the kernel reads a wrong length.
    package struct Overflow: Hashable, Sendable {
        package var attribute: UInt16
        package var length: Int
    }

    package init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// Empties the buffer and keeps its memory.
    package mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        overflow = nil
    }

    /// Writes a message; `body` adds what follows the header.
    package mutating func message(
        _ header: MessageHeader, _ body: (inout MessageWriter) -> Void
    ) {
        let start = beginMessage(header)
        body(&self)
        endMessage(at: start)
    }

    package mutating func beginMessage(_ header: MessageHeader) -> Int {
        let start = bytes.count
        host32(0)
        host16(header.type)
        host16(header.flags.rawValue)
        host32(header.sequence)
        host32(0)
        return start
    }

    package mutating func endMessage(at start: Int) {
        patch32(at: start, UInt32(bytes.count - start))
        pad()
    }

    /// Writes an attribute with other attributes inside.
    package mutating func nest(
        _ type: UInt16, _ body: (inout MessageWriter) -> Void
    ) {
        let start = beginNest(type)
        body(&self)
        endNest(at: start)
    }

    package mutating func beginNest(_ type: UInt16) -> Int {
        let start = bytes.count
        host16(0)
        host16(type | Self.nested)
        return start
    }

    package mutating func endNest(at start: Int) {
        let length = bytes.count - start
        if length > 0xffff, overflow == nil {
            overflow = Overflow(attribute: UInt16(bytes[start + 2]), length: length)
        }
        patch16(at: start, UInt16(truncatingIfNeeded: length))
    }

    static let nested: UInt16 = 0x8000

    // Attributes by the kind of their payload; "big" is network order.

    package mutating func bytes(_ type: UInt16, _ payload: some Collection<UInt8>) {
        header(type, payload.count)
        bytes.append(contentsOf: payload)
        pad()
    }

    package mutating func string(_ type: UInt16, _ text: String) {
        header(type, text.utf8.count + 1)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        pad()
    }

    package mutating func byte(_ type: UInt16, _ value: UInt8) {
        header(type, 1)
        bytes.append(value)
        pad()
    }

    package mutating func big16(_ type: UInt16, _ value: UInt16) {
        header(type, 2)
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
        pad()
    }

    package mutating func big32(_ type: UInt16, _ value: UInt32) {
        header(type, 4)
        raw32(value.byteSwapped)
    }

    package mutating func big64(_ type: UInt16, _ value: UInt64) {
        header(type, 8)
        raw32(UInt32(truncatingIfNeeded: value >> 32).byteSwapped)
        raw32(UInt32(truncatingIfNeeded: value).byteSwapped)
    }

    package mutating func hostOrder32(_ type: UInt16, _ value: UInt32) {
        header(type, 4)
        raw32(value)
    }

    /// An attribute whose payload is the first `count` bytes of a register image.
    package mutating func image(_ type: UInt16, _ image: RegisterImage) {
        header(type, image.count)
        image.append(to: &bytes)
        pad()
    }

    /// Fixed fields behind the message header.
    package mutating func fixed(_ payload: some Collection<UInt8>) {
        bytes.append(contentsOf: payload)
    }

    private mutating func header(_ type: UInt16, _ payload: Int) {
        if payload > 0xffff - 4, overflow == nil {
            overflow = Overflow(attribute: type, length: payload)
        }
        host16(UInt16(truncatingIfNeeded: payload + 4))
        host16(type)
    }

    private mutating func pad() {
        while bytes.count & 3 != 0 { bytes.append(0) }
    }

    private mutating func host16(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(value >> 8))
    }

    private mutating func host32(_ value: UInt32) { raw32(value) }

    private mutating func raw32(_ value: UInt32) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value >> 16))
        bytes.append(UInt8(truncatingIfNeeded: value >> 24))
    }

    private mutating func patch16(at place: Int, _ value: UInt16) {
        bytes[place] = UInt8(truncatingIfNeeded: value)
        bytes[place + 1] = UInt8(value >> 8)
    }

    private mutating func patch32(at place: Int, _ value: UInt32) {
        for shift in 0..<4 {
            bytes[place + shift] = UInt8(truncatingIfNeeded: value >> UInt32(8 * shift))
        }
    }
}

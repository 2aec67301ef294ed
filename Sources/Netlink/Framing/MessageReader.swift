/// Walks the messages of one received datagram.
package struct MessageReader: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let end: Int
    private var place = 0

    /// Takes the first `count` bytes of a receive buffer.
    package init(_ bytes: [UInt8], count: Int) {
        self.bytes = bytes
        end = Swift.min(count, bytes.count)
    }

    package init(_ bytes: [UInt8]) {
        self.init(bytes, count: bytes.count)
    }

    /// The next whole message; nil at the end, and at one that does not fit.
    package mutating func next() -> Message? {
        guard place + MessageHeader.size <= end else { return nil }
        let length = Int(bytes.host32(place))
        guard length >= MessageHeader.size, place + length <= end else { return nil }
        let message = Message(bytes: bytes, start: place, end: place + length)
        place += (length + 3) & ~3
        return message
    }
}

/// One message inside a receive buffer.
package struct Message {
    package let bytes: [UInt8]
    package let start: Int
    package let end: Int

    package var type: UInt16 { bytes.host16(start + 4) }
    package var flags: MessageFlags { MessageFlags(rawValue: bytes.host16(start + 6)) }
    package var sequence: UInt32 { bytes.host32(start + 8) }
    /// Who caused it: the port of the sending socket, 0 for the kernel.
    package var port: UInt32 { bytes.host32(start + 12) }
    /// Where the body begins.
    package var body: Int { start + MessageHeader.size }

    /// The attributes behind `fixed` bytes of family header; empty when it is not all there.
    package func attributes(after fixed: Int) -> Attributes {
        Attributes(bytes: bytes, start: Swift.min(body + fixed, end), end: end)
    }

    /// The address family of `struct nfgenmsg`.
    package var netfilterFamily: UInt8 { body < end ? bytes[body] : 0 }

    /// The last 16 bits of the generation, in messages of nf_tables (`res_id` of `nfgenmsg`).
    package var generation: UInt16 { body + 4 <= end ? bytes.big16(body + 2) : 0 }
}

extension [UInt8] {
    package func host16(_ place: Int) -> UInt16 {
        UInt16(self[place]) | UInt16(self[place + 1]) << 8
    }

    package func host32(_ place: Int) -> UInt32 {
        UInt32(host16(place)) | UInt32(host16(place + 2)) << 16
    }

    package func host64(_ place: Int) -> UInt64 {
        UInt64(host32(place)) | UInt64(host32(place + 4)) << 32
    }

    package func big16(_ place: Int) -> UInt16 {
        UInt16(self[place]) << 8 | UInt16(self[place + 1])
    }

    package func big32(_ place: Int) -> UInt32 {
        UInt32(big16(place)) << 16 | UInt32(big16(place + 2))
    }

    package func big64(_ place: Int) -> UInt64 {
        UInt64(big32(place)) << 32 | UInt64(big32(place + 4))
    }
}

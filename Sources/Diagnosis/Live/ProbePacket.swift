package import Addressing

/// A packet without options, as bytes from its network header on.
package struct ProbePacket {
    var transport: TransportProtocol
    var source: Endpoint
    var destination: Endpoint

    package init(transport: TransportProtocol, source: Endpoint, destination: Endpoint) {
        self.transport = transport
        self.source = source
        self.destination = destination
    }

    private enum Flag {
        static let syn: UInt8 = 0x02
        static let reset: UInt8 = 0x04
    }

    /// The number that a connection begins with: any.
    private static let start: UInt32 = 0x706f_7274

    /// The first packet of a flow: a SYN, an INIT, an empty datagram.
    package var opening: [UInt8] {
        switch transport {
        case .tcp: network + tcp(Self.start, Flag.syn)
        case .udp: network + checked(ports + Self.big16(8) + [0, 0], at: 6)
        case .sctp: network + sctp
        }
    }

    /// Ends what the opening has begun, on both sides (RFC 9293 section 3.10.7.4); nil where nothing
    /// stays half open.
    package var closing: [UInt8]? {
        transport == .tcp ? network + tcp(Self.start + 1, Flag.reset) : nil
    }

    private var isV4: Bool { source.address.family == .v4 }
    private var ports: [UInt8] { Self.big16(source.port) + Self.big16(destination.port) }

    private func tcp(_ sequence: UInt32, _ flags: UInt8) -> [UInt8] {
        // Header of five words, a window of 64,240 bytes.
        let body =
            ports + Self.big32(sequence) + [0, 0, 0, 0, 0x50, flags] + Self.big16(64240)
            + [0, 0, 0, 0]
        return checked(body, at: 16)
    }

    /// An INIT chunk (RFC 9260 section 3.3.2).
    private var sctp: [UInt8] {
        let chunk: [UInt8] =
            [1, 0, 0, 20] + Self.big32(Self.start) + Self.big32(65535) + [0, 1, 0, 1]
            + Self.big32(Self.start)
        let body = ports + [0, 0, 0, 0]
        let check = Self.crc32c(body + [0, 0, 0, 0] + chunk)
        return body + (0..<4).map { UInt8(truncatingIfNeeded: check >> UInt32(8 * $0)) } + chunk
    }

    private var length: Int { transport == .tcp ? 20 : transport == .udp ? 8 : 32 }

    private var network: [UInt8] {
        guard isV4 else {
            return [0x60, 0, 0, 0] + Self.big16(UInt16(length)) + [transport.rawValue, 64]
                + source.address.octets + destination.address.octets
        }
        var header: [UInt8] =
            [0x45, 0] + Self.big16(UInt16(20 + length))
            // Not to be cut into pieces.
            + [0x70, 0x63, 0x40, 0, 64, transport.rawValue, 0, 0]
        header += source.address.octets + destination.address.octets
        let check = Self.internetChecksum(header)
        header.replaceSubrange(10..<12, with: Self.big16(check))
        return header
    }

    /// Puts in the checksum over the segment and its pseudo header.
    private func checked(_ body: [UInt8], at place: Int) -> [UInt8] {
        let pseudo =
            source.address.octets + destination.address.octets
            + Self.big32(UInt32(body.count)) + [0, 0, 0, transport.rawValue]
        let sum = Self.internetChecksum(pseudo + body)
        var body = body
        // 0 would mean "none" (RFC 768).
        body.replaceSubrange(place..<place + 2, with: Self.big16(sum == 0 ? 0xffff : sum))
        return body
    }

    /// RFC 1071.
    package static func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            let low = place + 1 < bytes.count ? bytes[place + 1] : 0
            sum += UInt32(bytes[place]) << 8 | UInt32(low)
        }
        while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }

    /// RFC 9260 appendix A.
    package static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        var rest = UInt32.max
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82f6_3b78 : rest >> 1 }
        }
        return ~rest
    }

    private static func big16(_ value: UInt16) -> [UInt8] {
        [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    private static func big32(_ value: UInt32) -> [UInt8] {
        big16(UInt16(value >> 16)) + big16(UInt16(truncatingIfNeeded: value))
    }
}

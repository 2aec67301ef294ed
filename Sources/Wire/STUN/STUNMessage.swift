import Addressing

/// A message of STUN, checked from end to end (RFC 8489 sections 5, 6.3, 14).
struct STUNMessage {
    let type: UInt16
    let transaction: [UInt8]
    private let attributes: [Attribute]

    private struct Attribute {
        var type: UInt16
        var value: [UInt8]
    }

    private enum Kind {
        static let mapped: UInt16 = 0x0001
        static let errorCode: UInt16 = 0x0009
        static let xorMapped: UInt16 = 0x0020
        /// What servers sent before the number was assigned.
        static let formerXorMapped: UInt16 = 0x8020
        static let fingerprint: UInt16 = 0x8028
        /// USERNAME, MESSAGE-INTEGRITY, UNKNOWN-ATTRIBUTES, REALM, NONCE, MESSAGE-INTEGRITY-SHA256:
        /// they may stand there and change nothing for us.
        static let passedOver: Set<UInt16> = [0x0006, 0x0008, 0x000a, 0x0014, 0x0015, 0x001c]
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= STUN.headerLength, bytes[0] & 0xc0 == 0,
            Array(bytes[4..<8]) == STUN.cookie,
            Self.number(bytes, 2) == bytes.count - STUN.headerLength, bytes.count % 4 == 0,
            let attributes = Self.attributes(bytes)
        else { return nil }
        type = UInt16(Self.number(bytes, 0))
        transaction = Array(bytes[8..<20])
        self.attributes = attributes
    }

    /// The address that the server saw, in disguise where it can be: devices on the way rewrite
    /// addresses that stand in the open.
    var mapped: Endpoint? {
        for kind in [Kind.xorMapped, Kind.formerXorMapped, Kind.mapped] {
            guard let value = value(kind) else { continue }
            return Self.endpoint(value, key: kind == Kind.mapped ? [] : STUN.cookie + transaction)
        }
        return nil
    }

    var errorCode: Int? {
        guard let value = value(Kind.errorCode), value.count >= 4 else { return nil }
        let (hundreds, rest) = (Int(value[2] & 7), Int(value[3]))
        return (3...6).contains(hundreds) && rest < 100 ? hundreds * 100 + rest : nil
    }

    private func value(_ kind: UInt16) -> [UInt8]? {
        attributes.first { $0.type == kind }?.value
    }

    /// Nil when one runs past the end, is unknown and must be understood, or when the checksum is
    /// wrong.
    private static func attributes(_ bytes: [UInt8]) -> [Attribute]? {
        var (found, place): ([Attribute], Int) = ([], STUN.headerLength)
        while place + 4 <= bytes.count {
            let (type, length) = (UInt16(number(bytes, place)), number(bytes, place + 2))
            let (start, end) = (place + 4, place + 4 + length)
            guard end <= bytes.count, isUnderstood(type) else { return nil }
            if type == Kind.fingerprint {
                guard length == 4, end == bytes.count,
                    Array(bytes[start..<end]) == Fingerprint.of(bytes[..<place])
                else { return nil }
            }
            found.append(Attribute(type: type, value: Array(bytes[start..<end])))
            place = (end + 3) / 4 * 4
        }
        return found
    }

    private static func isUnderstood(_ type: UInt16) -> Bool {
        type >= 0x8000 || Kind.passedOver.contains(type)
            || [Kind.mapped, Kind.errorCode, Kind.xorMapped].contains(type)
    }

    /// - Parameter key: what port and address are XORed with; empty for nothing.
    private static func endpoint(_ value: [UInt8], key: [UInt8]) -> Endpoint? {
        let length = [1: 8, 2: 20][value.count > 1 ? value[1] : 0]
        guard let length, value.count == length else { return nil }
        func open(_ octets: ArraySlice<UInt8>) -> [UInt8] {
            key.isEmpty ? Array(octets) : zip(octets, key).map { $0 ^ $1 }
        }
        let port = open(value[2..<4])
        return IPAddress(octets: open(value[4...])).map {
            Endpoint($0, UInt16(port[0]) << 8 | UInt16(port[1]))
        }
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        Int(bytes[place]) << 8 | Int(bytes[place + 1])
    }
}

/// The checksum at the end of a message (RFC 8489 section 14.7).
enum Fingerprint {
    /// CRC-32 of ISO 3309 of everything before the attribute, XORed so that it differs from that of a
    /// packet around it.
    static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        let value = crc ^ 0xffff_ffff ^ 0x5354_554e
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}

import Addressing

/// Puts a message of STUN together, attribute by attribute (RFC 8489 sections 5, 14).
struct STUNWriter {
    private var bytes: [UInt8]
    private let transaction: [UInt8]

    init(_ type: UInt16, _ transaction: [UInt8]) {
        self.transaction = transaction
        bytes = Self.octets(type) + [0, 0] + STUN.cookie + transaction
    }

    /// Each begins at a multiple of four.
    mutating func add(_ kind: UInt16, _ value: [UInt8]) {
        bytes += Self.octets(kind) + Self.octets(UInt16(truncatingIfNeeded: value.count)) + value
        bytes += [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    mutating func add(_ kind: UInt16, _ endpoint: Endpoint) {
        add(kind, Self.family(endpoint) + Self.octets(endpoint.port) + endpoint.address.octets)
    }

    /// So that devices on the way do not take it for an address that they should rewrite.
    mutating func add(_ kind: UInt16, disguised endpoint: Endpoint) {
        let open = Self.octets(endpoint.port)
        let port = zip(open, STUN.cookie).map { $0 ^ $1 }
        let address = zip(endpoint.address.octets, STUN.cookie + transaction).map { $0 ^ $1 }
        add(kind, Self.family(endpoint) + port + address)
    }

    mutating func add(errorCode code: Int, _ reason: String) {
        let number = [0, 0, UInt8(clamping: code / 100), UInt8(clamping: code % 100)]
        add(STUNAttribute.errorCode, number + Array(reason.utf8))
    }

    mutating func add(unknownAttributes kinds: [UInt16]) {
        add(STUNAttribute.unknownAttributes, kinds.flatMap(Self.octets))
    }

    /// With its length, and the checksum over both where there is to be one.
    consuming func finished(isFingerprinted: Bool) -> [UInt8] {
        let length = bytes.count - STUN.headerLength + (isFingerprinted ? 8 : 0)
        bytes.replaceSubrange(2..<4, with: Self.octets(UInt16(truncatingIfNeeded: length)))
        if isFingerprinted { add(STUNAttribute.fingerprint, Fingerprint.of(bytes)) }
        return bytes
    }

    private static func octets(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 0xff)]
    }

    private static func family(_ endpoint: Endpoint) -> [UInt8] {
        [0, endpoint.address.family == .v4 ? 1 : 2]
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

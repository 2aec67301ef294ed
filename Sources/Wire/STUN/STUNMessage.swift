import Addressing

/// A message of STUN, its form checked from end to end (RFC 8489 sections 5, 6.3, 14).
///
/// Which attributes have to be understood is for those to say who expect it.
struct STUNMessage {
    let type: UInt16
    let transaction: [UInt8]
    private let attributes: [Attribute]

    private struct Attribute {
        var type: UInt16
        var value: [UInt8]
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

    /// Of several of one kind the first counts.
    func value(_ kind: UInt16) -> [UInt8]? {
        attributes.first { $0.type == kind }?.value
    }

    /// Attributes that have to be understood and are not `known`, each once, in order.
    func notUnderstood(beside known: Set<UInt16>) -> [UInt16] {
        var seen = known
        return attributes.map(\.type).filter { $0 < 0x8000 && seen.insert($0).inserted }
    }

    /// The address that the server saw, in disguise where it can be: devices on the way rewrite
    /// addresses that stand in the open.
    var mapped: Endpoint? {
        for kind in [STUNAttribute.xorMapped, STUNAttribute.formerXorMapped] {
            guard let value = value(kind) else { continue }
            return Self.endpoint(value, key: STUN.cookie + transaction)
        }
        return endpoint(STUNAttribute.mapped)
    }

    /// One that stands in the open.
    func endpoint(_ kind: UInt16) -> Endpoint? {
        value(kind).flatMap { Self.endpoint($0, key: []) }
    }

    var errorCode: Int? {
        guard let value = value(STUNAttribute.errorCode), value.count >= 4 else { return nil }
        let (hundreds, rest) = (Int(value[2] & 7), Int(value[3]))
        return (3...6).contains(hundreds) && rest < 100 ? hundreds * 100 + rest : nil
    }

    /// What the sender of an error did not understand.
    var unknownAttributes: [UInt16] {
        let value = value(STUNAttribute.unknownAttributes) ?? []
        return stride(from: 0, to: value.count - 1, by: 2).map { UInt16(Self.number(value, $0)) }
    }

    /// Nil when one runs past the end, or when the checksum is wrong.
    private static func attributes(_ bytes: [UInt8]) -> [Attribute]? {
        var (found, place): ([Attribute], Int) = ([], STUN.headerLength)
        while place + 4 <= bytes.count {
            let (type, length) = (UInt16(number(bytes, place)), number(bytes, place + 2))
            let (start, end) = (place + 4, place + 4 + length)
            guard end <= bytes.count else { return nil }
            if type == STUNAttribute.fingerprint {
                guard length == 4, end == bytes.count,
                    Array(bytes[start..<end]) == Fingerprint.of(bytes[..<place])
                else { return nil }
            }
            found.append(Attribute(type: type, value: Array(bytes[start..<end])))
            place = (end + 3) / 4 * 4
        }
        return found
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

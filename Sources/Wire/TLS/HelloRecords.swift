/// Finds a hello in the records in which it comes (RFC 8446 section 5.1).
///
/// A client may cut it anywhere, into records of one byte even. Bytes are copied only when all are
/// there: a client that sends one at a time shall not make the gateway copy them each time.
struct HelloRecords {
    static let handshake: UInt8 = 0x16
    /// Type, version and length of a record.
    static let head = 5
    /// Type and length of a message.
    static let messageHead = 4
    static let most = 64
    private static let longestFragment = 16_384
    private static let clientHello: UInt8 = 1

    /// What is there of each fragment.
    private var fragments: [Stretch] = []
    /// The first bytes of the message.
    private var beginning: [UInt8] = []
    private var collected = 0

    /// The message without its head; nil as long as bytes are missing.
    static func message(
        in bytes: Span<UInt8>, longest: Int
    ) throws(ClientHelloError) -> [UInt8]? {
        var (records, rest) = (HelloRecords(), Stretch(0..<bytes.count))
        while records.fragments.count < most {
            guard let length = try fragmentLength(&rest, in: bytes),
                let there = rest.take(min(length, rest.count))
            else { return nil }
            records.add(there, in: bytes)
            let missing = length - there.count
            if let wanted = try records.wanted(longest: longest) {
                // What the client says next has to wait for the answer.
                guard records.collected + missing <= wanted else { throw .structure }
                if records.collected == wanted { return records.message(in: bytes) }
            }
            guard missing == 0 else { return nil }
        }
        throw .record
    }

    private mutating func add(_ fragment: Stretch, in bytes: Span<UInt8>) {
        fragments.append(fragment)
        collected += fragment.count
        let short = Self.messageHead - beginning.count
        beginning += fragment.range.prefix(short).map { bytes[$0] }
    }

    /// The bytes of message and head together; nil as long as its length is missing.
    private func wanted(longest: Int) throws(ClientHelloError) -> Int? {
        guard let kind = beginning.first else { return nil }
        guard kind == Self.clientHello else { throw .message }
        guard beginning.count == Self.messageHead else { return nil }
        let length = beginning.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longest else { throw .tooLong }
        return Self.messageHead + length
    }

    private func message(in bytes: Span<UInt8>) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(collected)
        for fragment in fragments { message += fragment.octets(in: bytes) }
        return Array(message.dropFirst(Self.messageHead))
    }

    /// Nil as long as bytes of the record's head are missing.
    private static func fragmentLength(
        _ rest: inout Stretch, in bytes: Span<UInt8>
    ) throws(ClientHelloError) -> Int? {
        guard let kind = rest.next(UInt8.self, in: bytes) else { return nil }
        guard kind == handshake else { throw .record }
        guard let major = rest.next(UInt8.self, in: bytes) else { return nil }
        guard major == 3 else { throw .version }
        guard rest.next(UInt8.self, in: bytes) != nil,
            let length = rest.next(UInt16.self, in: bytes)
        else { return nil }
        guard (1...longestFragment).contains(Int(length)) else { throw .record }
        return Int(length)
    }
}

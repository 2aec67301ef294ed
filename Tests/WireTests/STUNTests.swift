import Addressing
import TestKit
import Testing
import Wire

/// Messages of RFC 5769 and of servers that were recorded.
@Suite struct `STUN Binding` {
    private static let transaction = bytes("b7e7a701bc34d686fa87dfae")
    private static let head = "2112a442b7e7a701bc34d686fa87dfae"

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.filter { $0 != " " })
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }

    private func answer(_ hex: String) throws -> STUNBindingAnswer? {
        let request = try #require(STUNBindingRequest(transaction: Self.transaction))
        return STUNBindingAnswer(Self.bytes(hex), to: request)
    }

    @Test func `the request is its header`() throws {
        let request = try #require(STUNBindingRequest(transaction: Self.transaction))
        #expect(request.bytes == Self.bytes("00010000" + Self.head))
        #expect(STUNBindingRequest(transaction: [1, 2, 3]) == nil)
    }

    static let answers: [(String, STUNBindingAnswer)] = [
        (
            "0101000c\(head) 00200008 0001a147 e112a643",
            .mapped(Sample.endpoint("192.0.2.1", 32853))
        ),
        (
            "01010018\(head) 00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9",
            .mapped(Sample.endpoint("2001:db8:1234:5678:11:2233:4455:6677", 32853))
        ),
        (
            "0101001c\(head) 00200008 0001a147 e112a643 80220004 70666777 80280004 43e56cdd",
            .mapped(Sample.endpoint("192.0.2.1", 32853))
        ),
        (
            "01110024\(head) 00090015 00000414 556e6b6e 6f776e20 41747472 69627574 65000000"
                + "000a0004 00030026", .refused(code: 420)
        ),
        (
            "01010024\(head) 00200008 0001bd52 ea12d547 802b0008 00010d96 c6336401 802c0008"
                + "00010d97 c6336402", .mapped(Sample.endpoint("203.0.113.5", 40000))
        ),
        (
            "0101003c\(head) 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643"
                + "00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96",
            .mapped(Sample.endpoint("192.0.2.1", 32853))
        ),
        // In the open, as old servers write it.
        (
            "0101000c\(head) 00010008 00018055 c0000201",
            .mapped(Sample.endpoint("192.0.2.1", 32853))
        ),
    ]

    @Test(arguments: answers)
    func `an answer says from where it saw us`(hex: String, expected: STUNBindingAnswer) throws {
        #expect(try answer(hex) == expected)
    }

    @Test(arguments: [
        // Another cookie, another transaction, a first byte that is none of STUN's.
        "0101000c2112a443b7e7a701bc34d686fa87dfae 00200008 0001a147 e112a643",
        "0101000c2112a442b7e7a701bc34d686fa87dfaf 00200008 0001a147 e112a643",
        "4101000c2112a442b7e7a701bc34d686fa87dfae 00200008 0001a147 e112a643",
        // A length that is not that of the datagram; an attribute past the end.
        "01010002\(head) 00200008 0001a147 e112a643", "0101000c\(head) 0020000c 0001a147 e112a643",
        // Family 3; a checksum with one bit flipped; an attribute that has to be understood.
        "0101000c\(head) 00200008 0003a147 e112a643",
        "01010014\(head) 00200008 0001a147 e112a643 80280004 43e56cdc",
        "01010014\(head) 7f000004 00000000 00200008 0001a147 e112a643",
        // The request itself; nothing in it; nothing at all.
        "00010000\(head)", "01010000\(head)", "", "0101",
    ])
    func `what is no answer is none`(hex: String) throws { #expect(try answer(hex) == nil) }

    @Test(arguments: Seed.batch(200))
    func `whatever comes is read or left`(seed: Seed) throws {
        var gen = Gen(seed)
        var bytes = Self.bytes(gen.pick(Self.answers).0)
        for _ in 0..<gen.int(1...4) {
            bytes[gen.int(0...(bytes.count - 1))] = UInt8(truncatingIfNeeded: gen.next())
        }
        let request = try #require(STUNBindingRequest(transaction: Self.transaction))
        _ = STUNBindingAnswer(Array(bytes.prefix(gen.int(0...bytes.count))), to: request)
    }
}

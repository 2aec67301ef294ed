import Addressing
import TestKit
import Testing
import Wire

/// Messages of RFC 5769, of servers that were recorded, and of behaviour discovery.
@Suite struct `STUN Binding` {
    private static let transaction = [UInt8](hex: "b7e7a701bc34d686fa87dfae")
    private static let head = "2112a442b7e7a701bc34d686fa87dfae"

    private func request(
        change: STUNChange? = nil, isFingerprinted: Bool = false
    ) throws -> STUNBindingRequest {
        try #require(
            STUNBindingRequest(
                transaction: Self.transaction, change: change, isFingerprinted: isFingerprinted))
    }

    private func answer(_ bytes: [UInt8]) throws -> STUNBindingAnswer? {
        STUNBindingAnswer(bytes, to: try request())
    }

    // MARK: Requests

    static let requests: [(String, change: STUNChange?, isFingerprinted: Bool)] = [
        ("request-s01", nil, false), ("request-s02", nil, true),
        ("request-s07", [.address, .port], false), ("request-s08", .port, false),
    ]

    @Test(arguments: requests)
    func `a request is written and read byte for byte`(
        name: String, change: STUNChange?, isFingerprinted: Bool
    ) throws {
        let bytes = try Corpus.bytes("STUN", name)
        let request = try request(change: change, isFingerprinted: isFingerprinted)
        #expect(request.bytes == bytes)
        #expect(STUNBindingRequest(bytes) == request)
    }

    @Test func `a transaction has twelve octets`() {
        #expect(STUNBindingRequest(transaction: [1, 2, 3]) == nil)
    }

    @Test func `what a server does not understand in a request is named, in order and once`() throws
    {
        let agent = try Corpus.bytes("STUN", "request-s10")
        // PRIORITY; the name and the checksum of the asker may stand there.
        #expect(STUNBindingRequest(agent)?.notUnderstood == [0x0024])
        let twice = [UInt8](
            hex: "00010014\(Self.head) 7f010004 00000000 00240000 7f010004 00000000")
        #expect(STUNBindingRequest(twice)?.notUnderstood == [0x7f01, 0x0024])
        let optional = [UInt8](hex: "00010004\(Self.head) ff010000")
        #expect(STUNBindingRequest(optional)?.notUnderstood == [])
    }

    @Test(arguments: ["0003000400000006 00260004 00000000", "00260004 00000000 0003000400000006"])
    func `behaviour discovery is named for a server that does not take part`(hex: String) throws {
        let request = try #require(
            STUNBindingRequest([UInt8](hex: "00010010\(Self.head) \(hex)")))
        #expect(request.notUnderstood.isEmpty)
        #expect(request.discoveryAttributes == [0x0003, 0x0026])
        #expect(request.padding == 4)
    }

    @Test(arguments: ["00270004 1f900000", "00270002 1f900000"])
    func `the port of the answer stands with or without its padding`(hex: String) {
        let request = STUNBindingRequest([UInt8](hex: "00010008\(Self.head) \(hex)"))
        #expect(request?.responsePort == 8080)
        #expect(request?.discoveryAttributes == [0x0027])
    }

    @Test(arguments: [
        // Half a change; a port of one octet; an indication; an answer.
        "00010008\(head) 00030002 00060000", "00010008\(head) 00270001 1f000000",
        "00110000\(head)", "0101000c\(head) 00200008 0001a147 e112a643",
    ])
    func `a request that says nothing clear is passed over`(hex: String) {
        #expect(STUNBindingRequest([UInt8](hex: hex)) == nil)
    }

    // MARK: Answers

    static let plain = STUNSighting(Sample.endpoint("192.0.2.1", 32853))
    static let answers: [(String, STUNBindingAnswer, isWritten: Bool)] = [
        ("answer-s03", .seen(plain), true),
        (
            "answer-s04",
            .seen(
                STUNSighting(
                    Sample.endpoint("2001:db8:1234:5678:11:2233:4455:6677", 32853))), true
        ),
        ("answer-s05", .seen(plain), false),
        ("answer-s06", .refused(code: 420, notUnderstood: [0x0003, 0x0026]), true),
        (
            "answer-s09",
            .seen(
                STUNSighting(
                    Sample.endpoint("203.0.113.5", 40000),
                    origin: Sample.endpoint("198.51.100.1", 3478),
                    other: Sample.endpoint("198.51.100.2", 3479))), true
        ),
        ("answer-s11", .seen(plain), false),
    ]

    @Test(arguments: answers)
    func `an answer says from where it saw us`(
        name: String, expected: STUNBindingAnswer, isWritten: Bool
    ) throws {
        let bytes = try Corpus.bytes("STUN", name)
        #expect(try answer(bytes) == expected)
        // The others carry what we never send: the name of a program, a checksum with a password.
        if isWritten { #expect(try expected.bytes(to: request()) == bytes) }
    }

    @Test func `an address in the open is taken where none is disguised`() throws {
        let open = [UInt8](hex: "0101000c\(Self.head) 00010008 00018055 c0000201")
        #expect(try answer(open) == .seen(Self.plain))
        let both = STUNBindingAnswer.seen(Self.plain).bytes(to: try request(), openly: true)
        #expect(
            both == [UInt8](hex: "01010018\(Self.head) 00200008 0001a147 e112a643")
                + open.suffix(12))
    }

    @Test func `an answer has a checksum when the request has one`() throws {
        let asked = try request(isFingerprinted: true)
        let bytes = STUNBindingAnswer.seen(Self.plain).bytes(to: asked)
        #expect(bytes.count == 40)
        #expect(STUNBindingAnswer(bytes, to: asked) == .seen(Self.plain))
        #expect(STUNBindingAnswer(bytes.flipped(0, of: 39), to: asked) == nil)
    }

    @Test func `an answer is as much longer as the request was`() throws {
        var asked = try request()
        asked.padding = 1000
        let bytes = STUNBindingAnswer.seen(Self.plain).bytes(to: asked)
        #expect(bytes.count == asked.bytes.count + 12)
        #expect(STUNBindingAnswer(bytes, to: asked) == .seen(Self.plain))
    }

    @Test(arguments: Corpus.all("STUN").filter { $0.kind == "bad" })
    func `what is wrong is neither request nor answer`(corpus: Corpus) throws {
        #expect(try answer(corpus.bytes) == nil)
        #expect(STUNBindingRequest(corpus.bytes) == nil)
    }

    @Test(arguments: [
        // An attribute that has to be understood; the request itself; nothing in it; nothing at all.
        "01010014\(head) 7f000004 00000000 00200008 0001a147 e112a643",
        "00010000\(head)", "01010000\(head)", "", "0101",
    ])
    func `what is no answer is none`(hex: String) throws {
        #expect(try answer([UInt8](hex: hex)) == nil)
    }

    @Test(arguments: Seed.batch(200))
    func `whatever comes is read or left`(seed: Seed) throws {
        var gen = Gen(seed)
        let bytes = gen.pick(Corpus.all("STUN")).bytes.mutated(&gen)
        _ = try answer(bytes)
        guard let request = STUNBindingRequest(bytes) else { return }
        let again = STUNBindingRequest(request.bytes)
        #expect(again?.change == request.change && again?.transaction == request.transaction)
    }
}

import TestKit
import Testing
import Wire

@Suite struct `A ClientHello` {
    private static func name(_ text: String?, encrypted: Bool = false) -> ClientHelloReading {
        .hello(
            ClientHello(serverName: text.flatMap { ServerName($0) }, hasEncryptedHello: encrypted))
    }

    static let vectors: [(String, ClientHelloReading)] = [
        ("hello-c01", name("example.com")), ("hello-c02", name("example.com")),
        ("hello-c03", name(nil)), ("hello-c04", name(nil)),
        ("hello-c05", name("cover.example.net", encrypted: true)),
        ("bad-c06", .invalid(.structure)), ("bad-c08", .invalid(.record)),
        ("other-c09", .notTLS), ("bad-c10", .invalid(.ssl2)),
    ]

    @Test(arguments: vectors)
    func `says which host is wanted`(name: String, reading: ClientHelloReading) throws {
        #expect(try Corpus.bytes("ClientHello", name).hello() == reading)
    }

    @Test func `is the same in one record and in three`() throws {
        let one = try Corpus.bytes("ClientHello", "hello-c01")
        let three = try Corpus.bytes("ClientHello", "hello-c02")
        #expect(Self.message(three) == Self.message(one))
        #expect(Hello.named("example.com").bytes(cut: [5, 55]).hello() == three.hello())
    }

    private static func message(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 5 else { return [] }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        return Array(bytes[5..<(5 + length)]) + message(Array(bytes[(5 + length)...]))
    }

    @Test(arguments: Corpus.all("ClientHello").filter { $0.kind == "hello" })
    func `is not decided before its last byte`(file: Corpus) {
        for count in 0..<file.bytes.count {
            #expect(Array(file.bytes.prefix(count)).hello() == .needMore, "\(count) bytes")
        }
        // What else the client sent does not matter.
        let early = file.bytes + [0x14, 3, 3, 0, 1, 1, 0x17, 3, 3]
        #expect(early.hello() == file.bytes.hello())
    }

    @Test(arguments: Seed.batch(100))
    func `may be cut into records anywhere`(seed: Seed) {
        var gen = Gen(seed)
        let name = gen.oneIn(4) ? nil : gen.hostName()
        let hello = gen.hello(name)
        let bytes = hello.bytes(cut: (0..<gen.int(0...63)).map { _ in gen.int(1...30) })
        #expect(bytes.hello() == Self.name(name))
        for count in 0..<bytes.count {
            #expect(Array(bytes.prefix(count)).hello() == .needMore, "\(count) of \(bytes.count)")
        }
    }

    @Test(arguments: [
        ("EXAMPLE.Com", "example.com"), ("example.com.", "example.com"), ("x", "x"),
        ("_dns.ex-ample.com", "_dns.ex-ample.com"), ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("1.2.3.com", "1.2.3.com"),
    ])
    func `has its name in lower case and without a last dot`(sent: String, text: String) {
        #expect(Hello.named(sent).bytes.hello() == Self.name(text))
    }

    @Test(arguments: ["192.0.2.1", "192.0.2.1.", "2001:db8::1", "::ffff:192.0.2.1", "::"])
    func `that names an address names nothing`(address: String) {
        #expect(Hello.named(address).bytes.hello() == Self.name(nil))
    }

    @Test func `may have records of 64, of any TLS version`() {
        var hello = Hello.named("example.com")
        hello.extensions?.append((0x15, [UInt8](repeating: 0, count: 16_000)))
        let cut = hello.bytes(cut: [UInt8](repeating: 1, count: 63).map(Int.init))
        #expect(cut.hello() == Self.name("example.com"))
        #expect(
            hello.bytes(cut: [Int](repeating: 1, count: 64)).hello() == .invalid(.record))
        for minor in 0...4 as ClosedRange<UInt8> {
            var bytes = Hello.named("example.com").bytes
            bytes[2] = minor
            #expect(bytes.hello() == Self.name("example.com"))
        }
    }

    @Test func `has 16384 bytes at most, unless told otherwise`() {
        func hello(_ length: Int) -> [UInt8] {
            var hello = Hello.named("example.com")
            let rest = length - hello.message.count
            hello.extensions?.append((0x15, [UInt8](repeating: 0, count: rest)))
            return hello.bytes(cut: [16_384])
        }
        #expect(hello(16_384).hello() == Self.name("example.com"))
        #expect(hello(16_384).count <= ClientHello.longest)
        #expect(hello(16_385).hello() == .invalid(.tooLong))
        #expect(hello(16_385).hello(longestMessage: 65_536) == Self.name("example.com"))
        #expect(Array(hello(20_000).prefix(9)).hello() == .invalid(.tooLong))
        #expect(Array(hello(20_000).prefix(8)).hello() == .needMore)
    }

    @Test func `that is refused is answered with an alert`() {
        #expect(TLSAlert.unrecognizedName == [UInt8](hex: "15030300 020270"))
        #expect(TLSAlert.decodeError == [UInt8](hex: "15030300 020232"))
    }
}

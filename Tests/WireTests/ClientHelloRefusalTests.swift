import TestKit
import Testing
import Wire

@Suite struct `What is no ClientHello` {
    @Test(arguments: [
        ("80", ClientHelloReading.needMore), ("802e", .needMore), ("802e01", .needMore),
        ("802e0103", .needMore), ("802e010301", .invalid(.ssl2)), ("802e010002", .invalid(.ssl2)),
        ("802e010003", .notTLS), ("802e02", .notTLS), ("802e0104ff", .notTLS),
        ("00", .notTLS), ("15030100020228", .notTLS), ("17", .notTLS), ("5353482d", .notTLS),
        ("", .needMore), ("16", .needMore), ("1602", .invalid(.version)),
        ("160301", .needMore), ("1603010000", .invalid(.record)),
        ("1603014000", .needMore), ("1603014001", .invalid(.record)),
        ("160301000502", .invalid(.message)), ("160301000401000000", .invalid(.structure)),
    ])
    func `is told by its first bytes`(hex: String, reading: ClientHelloReading) {
        #expect([UInt8](hex: hex).hello() == reading)
    }

    @Test(arguments: [0x14, 0x15, 0x17, 0x18, 0x00] as [UInt8])
    func `has other records in between`(kind: UInt8) {
        let message = Hello.named("example.com").message
        let first = Hello.record(Array(message.prefix(40)))
        let last = Hello.record(Array(message.dropFirst(40)))
        #expect((first + last).hello() == Hello.named("example.com").bytes.hello())
        #expect((first + Hello.record([1], kind: kind) + last).hello() == .invalid(.record))
        #expect((first + Hello.record([]) + last).hello() == .invalid(.record))
    }

    @Test func `has more in its last record`() {
        let message = Hello.named("example.com").message
        let bytes = Hello.record(message + [1])
        #expect(bytes.hello() == .invalid(.structure))
        #expect(Array(bytes.prefix(9)).hello() == .invalid(.structure))
    }

    static let structures: [(String, Hello, ClientHelloError)] = [
        ("session too long", Hello(session: Array(0..<33)), .structure),
        ("no suite", Hello(suites: []), .structure),
        ("half a suite", Hello(suites: [1, 2, 3]), .structure),
        ("no compression", Hello(compressions: []), .structure),
        ("twice the same", Hello(extensions: [(0x17, []), (0x17, [])]), .duplicateExtension),
        (
            "twice the same GREASE", Hello(extensions: [(0x0a0a, []), (0x0a0a, [0])]),
            .duplicateExtension
        ),
        ("two keys", Hello(extensions: [(0x29, []), (0x29, [])]), .keyNotLast),
        ("key not last", Hello(extensions: [(0x29, []), (0x17, [])]), .keyNotLast),
        ("empty name extension", Hello(extensions: [(0, [])]), .structure),
        ("empty list", Hello(extensions: [(0, [0, 0])]), .serverName),
        ("no name", Hello(extensions: [(0, [0, 1, 0])]), .structure),
        ("bytes behind the list", Hello(extensions: [(0, [0, 4, 0, 0, 1, 97, 0])]), .structure),
        ("list too long", Hello(extensions: [(0, [0, 5, 0, 0, 1, 97])]), .structure),
        ("name too short", Hello(extensions: [(0, [0, 5, 0, 0, 1, 97, 98])]), .serverName),
        ("another type", Hello(extensions: [(0, [0, 4, 1, 0, 1, 97])]), .serverName),
        (
            "two names",
            Hello(extensions: [(0, Hello.serverName([(0, [97]), (0, [98])]))]), .serverName
        ),
        ("no protocol", Hello(extensions: [(0x10, [0, 0])]), .structure),
        ("empty protocol", Hello(extensions: [(0x10, [0, 1, 0])]), .structure),
        ("protocol too long", Hello(extensions: [(0x10, [0, 2, 2, 97])]), .structure),
        ("bytes behind the protocols", Hello(extensions: [(0x10, [0, 2, 1, 97, 0])]), .structure),
    ]

    @Test(arguments: structures)
    func `has a part that does not fit`(what: String, hello: Hello, reason: ClientHelloError) {
        #expect(hello.bytes.hello() == .invalid(reason), "\(what)")
    }

    @Test func `has bytes behind its extensions, or half of one`() {
        func with(_ end: [UInt8]) -> ClientHelloReading {
            var message = Hello(extensions: nil).message + end
            message[3] = UInt8(message.count - 4)
            return Hello.record(message).hello()
        }
        #expect(with([]) == .hello(ClientHello(serverName: nil)))
        #expect(with([0, 0]) == .hello(ClientHello(serverName: nil)))
        for end in [[0], [0, 0, 0], [0, 1], [0, 1, 0], [0, 3, 0, 5, 0], [0, 4, 0, 5, 0, 1]] {
            #expect(with(end.map { UInt8($0) }) == .invalid(.structure), "\(end)")
        }
    }

    @Test func `is of a version before SSL 3 or after TLS 1`() {
        var message = Hello.named("example.com").message
        message[4] = 2
        #expect(Hello.record(message).hello() == .invalid(.version))
    }

    @Test(arguments: [
        "", ".", "..", "a..b", ".a", "a b", "a\u{0}b", "ä.de", "a/b", "*.a", "[::1]", "a:b",
        "192.0.2.1:443", String(repeating: "a", count: 64), String(repeating: "a.", count: 128),
        "fe80::1%eth0", "a..",
    ])
    func `has a name that no host has`(name: String) {
        #expect(Hello.named(name).bytes.hello() == .invalid(.serverName))
    }

    @Test func `is one with a length that was changed`() throws {
        let bytes = try Corpus.bytes("ClientHello", "hello-c01")
        // Record, message, session, suites, compressions, extensions, names, protocols.
        let lengths = [
            3, 4, 6, 7, 8, 43, 44, 45, 50, 52, 53, 56, 57, 58, 59, 61, 62, 76, 77, 78, 79, 80, 83,
        ]
        for place in lengths {
            for bit in 0..<8 {
                let reading = bytes.flipped(bit, of: place).hello()
                guard case .hello = reading else { continue }
                Issue.record("bit \(bit) of byte \(place) is not noticed")
            }
        }
    }

    @Test(arguments: Seed.batch(300))
    func `is decided once and for all`(seed: Seed) {
        var gen = Gen(seed)
        let whole =
            gen.oneIn(2)
            ? gen.pick(Corpus.all("ClientHello")).bytes
            : gen.hello(gen.hostName()).bytes(cut: [gen.int(1...80), gen.int(1...80)])
        let bytes = whole.mutated(&gen)
        let last = bytes.hello()
        for count in 0...bytes.count {
            let reading = Array(bytes.prefix(count)).hello()
            #expect(reading == .needMore || reading == last, "after \(count) bytes of \(bytes)")
        }
    }

    @Test(arguments: Corpus.all("ClientHello").filter { $0.kind != "hello" })
    func `is never taken for one, however much of it came`(file: Corpus) {
        for count in 0...file.bytes.count {
            guard case .hello = Array(file.bytes.prefix(count)).hello() else { continue }
            Issue.record("\(count) bytes of \(file.name) are taken for a hello")
        }
    }
}

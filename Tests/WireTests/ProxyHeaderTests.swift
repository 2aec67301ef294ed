import Addressing
import TestKit
import Testing
import Wire

@Suite struct `A PROXY header` {
    private static let client = Sample.endpoint("198.51.100.7", 51234)
    private static let proxy = Sample.endpoint("203.0.113.5", 443)
    private static let stream = ProxyHeader.Origin.proxied(
        .stream, source: client, destination: proxy)

    static let vectors: [(String, ProxyHeader)] = [
        (
            "good-p01",
            ProxyHeader(
                .proxied(
                    .stream, source: Sample.endpoint("192.168.0.1", 56324),
                    destination: Sample.endpoint("192.168.0.11", 443)))
        ),
        (
            "good-p02",
            ProxyHeader(
                .proxied(
                    .stream, source: Sample.endpoint("2001:db8::1", 56324),
                    destination: Sample.endpoint("2001:db8::2", 443)))
        ),
        ("good-p03", ProxyHeader(.local)),
        ("good-p04", ProxyHeader(stream)),
        ("good-p05", ProxyHeader(.proxied(.datagram, source: client, destination: proxy))),
        (
            "good-p06",
            ProxyHeader(
                .proxied(
                    .stream, source: Sample.endpoint("2001:db8::7", 51234),
                    destination: Sample.endpoint("2001:db8::5", 443)))
        ),
        ("good-p07", ProxyHeader(.local)),
        ("good-p08", ProxyHeader(stream, authority: "www.example.com")),
        ("good-p09", ProxyHeader(stream, authority: "www.example.com")),
        ("good-p10", ProxyHeader(stream)),
        ("good-p11", ProxyHeader(stream)),
    ]

    @Test(arguments: vectors)
    func `says whose connection it is`(name: String, header: ProxyHeader) throws {
        let bytes = try Corpus.bytes("ProxyHeader", name)
        #expect(bytes.header() == .complete(header, length: bytes.count))
        // What follows is the client's.
        #expect((bytes + [0x16, 3, 1]).header() == .complete(header, length: bytes.count))
    }

    @Test func `is read under the version that is expected, and under no other`() throws {
        for (name, header) in Self.vectors {
            let bytes = try Corpus.bytes("ProxyHeader", name)
            let isLine = bytes.starts(with: Array("PROXY".utf8))
            let whole = ProxyHeaderReading.complete(header, length: bytes.count)
            #expect(bytes.header(.v1) == (isLine ? whole : .invalid(.noHeader)))
            #expect(bytes.header(.v2) == (isLine ? .invalid(.noHeader) : whole))
        }
    }

    @Test(arguments: Corpus.all("ProxyHeader").filter { $0.kind == "good" })
    func `is not decided before its last byte`(file: Corpus) {
        for count in 0..<file.bytes.count {
            #expect(Array(file.bytes.prefix(count)).header() == .needMore, "\(count) bytes")
        }
    }

    @Test(arguments: [
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
        "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "PROXY TCP6 :: ::1 1 2\r\n",
        "PROXY TCP6 ffff:f:ffff:f:ffff:f:ffff:f ::FFFF:192.0.2.1 65535 1\r\n",
        "PROXY UNKNOWN ff:ff ignored  65536\r\n",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
            + "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
    ])
    func `of version 1 may be as long as it gets`(line: String) {
        guard case .complete(_, let length) = Array(line.utf8).header(.v1) else {
            Issue.record("\(line) is refused: \(Array(line.utf8).header(.v1))")
            return
        }
        #expect(length == line.utf8.count)
    }

    @Test(arguments: [
        // LOCAL with something behind, of no family that is known; UNSPEC with something behind.
        "20ff0003 abcdef", "21000003 abcdef", "21000000", "2000000c 00000000 00000000 00000000",
        // LOCAL over TCP4 with addresses, and with fewer bytes than these have.
        "2011000c c6336407 cb007105 c82201bb", "20110002 ffff",
    ])
    func `without addresses leaves the real ones`(hex: String) {
        let bytes = [UInt8](hex: "0d0a0d0a 000d0a51 5549540a \(hex)")
        #expect(bytes.header() == .complete(ProxyHeader(.local), length: bytes.count))
    }

    @Test func `of Unix sockets is passed over`() {
        for family in ["31", "32"] {
            let head = [UInt8](hex: "0d0a0d0a 000d0a51 5549540a 21\(family)00d8")
            let bytes = head + [UInt8](repeating: 0x2f, count: 216)
            #expect(bytes.header() == .complete(ProxyHeader(.local), length: 232))
        }
    }

    @Test func `has an authority only if it is text of a sensible length`() {
        func authority(_ value: [UInt8]) -> String? {
            let length = 12 + 3 + value.count
            let head = [UInt8](hex: "0d0a0d0a 000d0a51 5549540a 2111")
            let addresses = [UInt8](hex: "c6336407 cb007105 c82201bb 02")
            let bytes =
                head + [UInt8(length >> 8), UInt8(length & 255)] + addresses
                + [UInt8(value.count >> 8), UInt8(value.count & 255)] + value
            guard case .complete(let header, _) = bytes.header() else {
                Issue.record("refused: \(bytes.header())")
                return nil
            }
            return header.authority
        }
        #expect(authority(Array("ä.example".utf8)) == "ä.example")
        #expect(authority(Array(repeating: 0x61, count: 255))?.utf8.count == 255)
        #expect(authority(Array(repeating: 0x61, count: 256)) == nil)
        #expect(authority([0x61, 0xff]) == nil)
    }

    @Test func `has at most 2048 bytes behind the first sixteen`() {
        func header(_ count: Int) -> [UInt8] {
            [UInt8](hex: "0d0a0d0a 000d0a51 5549540a 2000")
                + [UInt8(count >> 8), UInt8(count & 255)] + [UInt8](repeating: 4, count: count)
        }
        #expect(header(2048).header() == .complete(ProxyHeader(.local), length: 2064))
        #expect(header(2048).count == ProxyHeader.longest)
        #expect(header(2049).header() == .invalid(.tooLong))
        #expect(Array(header(2049).prefix(16)).header() == .invalid(.tooLong))
    }
}

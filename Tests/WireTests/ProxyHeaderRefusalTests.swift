import TestKit
import Testing
import Wire

@Suite struct `What is no PROXY header` {
    static let vectors: [(String, ProxyHeaderError)] = [
        ("bad-p12", .line), ("bad-p13", .line), ("bad-p14", .line), ("bad-p15", .lineEnding),
        ("bad-p16", .tooLong), ("bad-p17", .command), ("bad-p18", .command),
        ("bad-p19", .tooShort), ("bad-p20", .family), ("bad-p21", .checksum),
        ("bad-p22", .attribute),
    ]

    @Test(arguments: vectors)
    func `is refused with its reason`(name: String, reason: ProxyHeaderError) throws {
        #expect(try Corpus.bytes("ProxyHeader", name).header() == .invalid(reason))
    }

    @Test(arguments: Corpus.all("ProxyHeader").filter { $0.kind == "bad" })
    func `is never taken for one, however much of it came`(file: Corpus) {
        for count in 0...file.bytes.count {
            guard case .complete = Array(file.bytes.prefix(count)).header() else { continue }
            Issue.record("\(count) bytes of \(file.name) are taken for a header")
        }
    }

    @Test(arguments: [
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", "PROXY TCP4 1.2.3.4 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY TCP6 [::1] ::2 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n", "PROXY TCP6 1::2::3 ::2 1 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8  2\r\n",
        "PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n", "PROXY TCP4\t1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY UNKNOWNX\r\n", "PROXY \r\n", "PROXY  UNKNOWN\r\n", "PROXY TCP4 1.2.3.4\u{0}\r\n",
    ])
    func `is a line with anything else in it`(line: String) {
        #expect(Array(line.utf8).header() == .invalid(.line))
    }

    @Test(arguments: [
        ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r", ProxyHeaderReading.needMore),
        ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX", .invalid(.lineEnding)),
        ("PROXY UNKNOWN a\rb\r\n", .invalid(.lineEnding)),
        ("PROXY UNKNOWN\n", .invalid(.lineEnding)),
        ("PROXY\r\n", .invalid(.noHeader)), ("PROXX", .invalid(.noHeader)),
        ("proxy TCP4", .invalid(.noHeader)), ("GET / HTTP/1.1\r\n", .invalid(.noHeader)),
        ("\r\n\r\n\u{0}\r\nQUIX", .invalid(.noHeader)), (" PROXY", .invalid(.noHeader)),
    ])
    func `ends as it must and begins as it must`(text: String, reading: ProxyHeaderReading) {
        #expect(Array(text.utf8).header() == reading)
    }

    @Test func `is a line of 108 bytes, even with its end`() {
        func line(_ count: Int) -> [UInt8] {
            Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 0x78, count: count - 16) + [13, 10]
        }
        #expect(line(107).header() == .complete(ProxyHeader(.local), length: 107))
        #expect(line(108).header() == .invalid(.tooLong))
        #expect(Array(line(120).prefix(106)).header() == .needMore)
        #expect(Array(line(120).prefix(107)).header() == .invalid(.tooLong))
    }

    @Test(arguments: [
        // Families and transports that do not go together, or that there are not.
        ("21100000", ProxyHeaderError.family), ("21010000", .family), ("21410000", .family),
        // Versions 0, 3; commands 2 and 15.
        ("01110000", .command), ("31110000", .command), ("22110000", .command),
        ("2f110000", .command),
        ("21210023", .tooShort), ("213100d7", .tooShort), ("21110801", .tooLong),
        // One byte too many, two; a name longer than the header.
        ("2111000d c6336407 cb007105 c82201bb 04", .attribute),
        ("2111000e c6336407 cb007105 c82201bb 0400", .attribute),
        ("2111000f c6336407 cb007105 c82201bb 020001", .attribute),
        // A checksum of two bytes; SSL without its head, with an attribute beyond its end.
        ("21110011 c6336407 cb007105 c82201bb 030002 0000", .attribute),
        ("21110013 c6336407 cb007105 c82201bb 200004 01000000", .attribute),
        ("21110017 c6336407 cb007105 c82201bb 200008 0100000000 210001", .attribute),
    ])
    func `is a binary header that contradicts itself`(hex: String, reason: ProxyHeaderError) {
        let bytes = [UInt8](hex: "0d0a0d0a 000d0a51 5549540a \(hex)")
        #expect(bytes.header() == .invalid(reason))
    }

    @Test func `is one with an identifier of more than 128 bytes`() {
        func header(_ count: Int) -> [UInt8] {
            [UInt8](hex: "0d0a0d0a 000d0a51 5549540a 211100") + [UInt8(15 + count)]
                + [UInt8](hex: "c6336407 cb007105 c82201bb 0500") + [UInt8(count)]
                + [UInt8](repeating: 7, count: count)
        }
        guard case .complete = header(128).header() else {
            Issue.record("128 bytes are refused")
            return
        }
        #expect(header(129).header() == .invalid(.attribute))
    }

    @Test func `is one with a bit of it turned, where a checksum is`() throws {
        let bytes = try Corpus.bytes("ProxyHeader", "good-p09")
        // Where the attribute's own type stands, there is no checksum any more.
        for place in bytes.indices where place != bytes.count - 7 {
            for bit in 0..<8 {
                let reading = bytes.flipped(bit, of: place).header()
                guard case .complete = reading else { continue }
                Issue.record("bit \(bit) of byte \(place) is not noticed: \(reading)")
            }
        }
    }
}

import Addressing
import TestKit
import Testing

@Suite struct `IPv6 address` {
    @Test(
        arguments: [
            ("::", 0, 0),
            ("::1", 0, 1),
            ("1::", 0x0001_0000_0000_0000, 0),
            ("2001:db8::8:800:200c:417a", 0x2001_0db8_0000_0000, 0x0008_0800_200c_417a),
            ("2001:DB8:0:0:8:800:200C:417A", 0x2001_0db8_0000_0000, 0x0008_0800_200c_417a),
            ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
            ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
            ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
            ("::13.1.68.3", 0, 0x0d01_4403),
            ("::ffff:129.144.52.38", 0, 0x0000_ffff_8190_3426),
            ("64:ff9b::192.0.2.33", 0x0064_ff9b_0000_0000, 0xc000_0221),
            ("1:2:3:4:5:6:1.2.3.4", 0x0001_0002_0003_0004, 0x0005_0006_0102_0304),
            ("0001:0000::00ab", 0x0001_0000_0000_0000, 0xab),
        ] as [(String, UInt64, UInt64)])
    func `every form of RFC 4291 is read`(text: String, high: UInt64, low: UInt64) {
        #expect(IPv6Address(text) == IPv6Address(high: high, low: low))
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", "12345::", "g::", "::g", "1:", ":1",
        "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "::1:", ":1::", "::1 ", " ::1", "::+1", "::-1",
        "fe80::1%eth0", "::/64", "[::1]", "1.2.3.4", "::1.2.3", "::1.2.3.256", "::01.2.3.4",
        "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1\n",
        "::１", "::1\u{301}", "::00001",
    ])
    func `what has no such form is refused`(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test(arguments: [
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::ABCD", "2001:db8::abcd"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("1:0:0:0:0:0:0:0", "1::"),
        ("0:0:1:0:0:0:0:0", "0:0:1::"),
        ("::ffff:c000:0221", "::ffff:192.0.2.33"),
        ("::ffff:0:c000:221", "::ffff:0:c000:221"),
    ])
    func `the text is that of RFC 5952`(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(arguments: Seed.batch(500))
    func `what is printed is read back, and is the shortest form`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.v6()
        let text = address.description
        #expect(IPv6Address(text) == address)
        #expect(IPv6Address(octets: address.octets) == address)
        #expect(IPAddress(octets: address.octets) == .v6(address))
        #expect(text == text.lowercased())
        #expect(address.isV4Mapped || !":\(text):".contains(":0:0:0:") || text.contains("::"))
    }

    @Test(arguments: Seed.batch(300))
    func `all eight groups in full are read`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.v6()
        let digits = address.octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let groups = (0..<8).map { digits.dropFirst($0 * 4).prefix(4) }
        #expect(IPv6Address(groups.joined(separator: ":")) == address)
        #expect(IPv6Address(groups.joined(separator: ":").uppercased()) == address)
    }

    @Test(arguments: Seed.batch(100))
    func `the order is that of the octets`(seed: Seed) {
        var gen = Gen(seed)
        let (left, right) = (gen.v6(), gen.v6())
        #expect((left < right) == left.octets.lexicographicallyPrecedes(right.octets))
    }

    @Test func `missing octets count as zero`() {
        #expect(IPv6Address(octets: [0x20, 0x01]) == IPv6Address(high: 0x2001 << 48, low: 0))
        #expect(IPv6Address(octets: [UInt8](repeating: 0xff, count: 20)).low == .max)
    }

    @Test(arguments: [
        ("fe7f:ffff::", false), ("fe80::1", true), ("febf:ffff::1", true), ("fec0::", false),
    ])
    func `link-local is fe80 with ten bits`(text: String, expected: Bool) {
        #expect(IPv6Address(text)?.isLinkLocal == expected)
    }

    @Test func `kinds of addresses are told apart`() throws {
        #expect(try #require(IPv6Address("::")).isUnspecified)
        #expect(try #require(IPv6Address("::1")).isLoopback)
        #expect(try #require(IPv6Address("::2")).isLoopback == false)
        #expect(try #require(IPv6Address("ff02::1")).isMulticast)
        #expect(try #require(IPv6Address("fe02::1")).isMulticast == false)
        #expect(try #require(IPv6Address("::ffff:1.2.3.4")).isV4Mapped)
        #expect(try #require(IPv6Address("::1.2.3.4")).isV4Mapped == false)
        #expect(try #require(IPv6Address("1::ffff:1.2.3.4")).isV4Mapped == false)
        #expect(IPv6Address.any == IPv6Address("::"))
    }
}

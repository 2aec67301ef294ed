import Addressing
import TestKit
import Testing

@Suite struct `IPv4 address` {
    @Test func `the first octet is the most significant byte`() {
        let address = IPv4Address(192, 0, 2, 33)
        #expect(address.bits == 0xc000_0221)
        #expect(address.octets == [192, 0, 2, 33])
        #expect(address.description == "192.0.2.33")
    }

    @Test(arguments: [
        ("0.0.0.0", 0), ("255.255.255.255", UInt32.max), ("127.0.0.1", 0x7f00_0001),
        ("10.20.30.40", 0x0a14_1e28),
    ])
    func `dotted decimal is read`(text: String, bits: UInt32) {
        #expect(IPv4Address(text) == IPv4Address(bits: bits))
    }

    @Test(arguments: [
        "", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "1.2.3.256",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1.2.3.-4", "1.2.3.a", "0x7f.0.0.1", "1.2.3.4/24",
        "1.2.3.4:80", "1,2,3,4", "1.2.3.1000", "99999999999.0.0.1", "１.2.3.4", "1.2.3.4\n",
        "1.2.3.4\u{0}",
    ])
    func `what is no dotted decimal is refused`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: ["01.2.3.4", "1.2.3.010", "00.0.0.0", "1.2.03.4"])
    func `a leading zero is refused, for some programs read it as octal`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.v4()
        #expect(IPv4Address(address.description) == address)
        #expect(IPAddress(octets: address.octets) == .v4(address))
    }

    @Test(arguments: Seed.batch(100))
    func `the order is that of the numbers`(seed: Seed) {
        var gen = Gen(seed)
        let (left, right) = (gen.v4(), gen.v4())
        #expect((left < right) == left.octets.lexicographicallyPrecedes(right.octets))
    }

    @Test(arguments: [
        ("223.255.255.255", false), ("224.0.0.0", true), ("239.255.255.255", true),
        ("240.0.0.0", false),
    ])
    func `multicast is 224 to 239`(text: String, expected: Bool) {
        #expect(IPv4Address(text)?.isMulticast == expected)
    }

    @Test(arguments: [
        ("126.255.255.255", false), ("127.0.0.0", true), ("127.255.255.255", true),
        ("128.0.0.0", false),
    ])
    func `loopback is all of 127`(text: String, expected: Bool) {
        #expect(IPv4Address(text)?.isLoopback == expected)
    }

    @Test(arguments: [("0.0.0.0", true), ("0.255.255.255", true), ("1.0.0.0", false)])
    func `unspecified is all of 0`(text: String, expected: Bool) {
        #expect(IPv4Address(text)?.isUnspecified == expected)
    }

    @Test(arguments: [
        ("239.255.255.255", false), ("240.0.0.0", true), ("255.255.255.255", true),
    ])
    func `reserved is 240 and above`(text: String, expected: Bool) {
        #expect(IPv4Address(text)?.isReserved == expected)
    }

    @Test(arguments: [
        ("169.253.255.255", false), ("169.254.0.0", true), ("169.254.255.255", true),
        ("169.255.0.0", false),
    ])
    func `link-local is 169·254`(text: String, expected: Bool) {
        #expect(IPv4Address(text)?.isLinkLocal == expected)
    }
}

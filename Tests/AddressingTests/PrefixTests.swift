import Addressing
import TestKit
import Testing

@Suite struct `Block of addresses` {
    @Test(arguments: [
        "0.0.0.0/0", "10.0.0.0/8", "192.168.7.0/24", "192.168.7.128/25", "192.0.2.2/31", "::/0",
        "2001:db8::/32", "fe80::/10", "2001:db8::/64", "2001:db8:0:0:8000::/65",
        "2001:db8::fffe/127",
    ])
    func `a block is read and printed the same`(text: String) throws {
        #expect(try Prefix(parsing: text).description == text)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"),
        ("2001:db8::1/128", "2001:db8::1"),
    ])
    func `one address is a block, printed without a length`(text: String, printed: String) throws {
        let prefix = try Prefix(parsing: text)
        #expect(prefix.isHost)
        #expect(prefix.description == printed)
        #expect(prefix.last == prefix.base)
    }

    @Test(arguments: [
        ("192.168.7.1/24", "192.168.7.0/24"), ("10.0.0.1/0", "0.0.0.0/0"),
        ("192.0.2.3/31", "192.0.2.2/31"), ("2001:db8::1/64", "2001:db8::/64"),
        ("2001:db8:0:0:c000::/65", "2001:db8:0:0:8000::/65"), ("::1/0", "::/0"),
    ])
    func `bits beyond the length are refused with what was meant`(text: String, meant: String) {
        #expect(throws: PrefixError.hostBits(meant: Sample.prefix(meant))) {
            try Prefix(parsing: text)
        }
    }

    @Test(arguments: [
        ("0.0.0.0/33", 32), ("0.0.0.0/-1", 32), ("0.0.0.0/", 32), ("0.0.0.0/x", 32),
        ("0.0.0.0/+0", 32), ("0.0.0.0/-0", 32), ("0.0.0.0/0/0", 32), ("0.0.0.0/255.0.0.0", 32),
        ("0.0.0.0/99999999999999999999", 32), ("::/129", 128), ("::/ 0", 128), ("::/+0", 128),
        ("::/-0", 128),
    ])
    func `a length must be a number that the family has`(text: String, limit: Int) {
        #expect(throws: PrefixError.badLength(limit: limit)) { try Prefix(parsing: text) }
    }

    @Test(arguments: ["", "/", "/24", "192.168.7/24", "nas.lan", "192.168.7.0 /24", "[::]/0"])
    func `a block begins with an address`(text: String) {
        #expect(throws: PrefixError.notAnAddress) { try Prefix(parsing: text) }
    }

    @Test(arguments: [
        ("0.0.0.0/0", "255.255.255.255"), ("192.168.7.0/24", "192.168.7.255"),
        ("192.0.2.2/31", "192.0.2.3"), ("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff"),
        ("2001:db8::/63", "2001:db8:0:1:ffff:ffff:ffff:ffff"), ("2001:db8::/127", "2001:db8::1"),
    ])
    func `the last address has every host bit set`(text: String, last: String) {
        #expect(Sample.prefix(text).last == Sample.address(last))
    }

    @Test func `lengths out of range are brought into range`() {
        let address = Sample.address("192.0.2.1")
        #expect(Prefix(containing: address, length: 40) == Prefix(address))
        #expect(Prefix(containing: address, length: -1) == Sample.prefix("0.0.0.0/0"))
        #expect(Prefix(containing: Sample.address("::1"), length: 200).length == 128)
    }

    @Test func `families never contain each other`() {
        #expect(!Sample.prefix("0.0.0.0/0").contains(Sample.address("::1")))
        #expect(!Sample.prefix("::/0").contains(Sample.address("192.0.2.1")))
        #expect(!Sample.prefix("::/0").contains(Sample.prefix("0.0.0.0/0")))
    }

    @Test(arguments: Seed.batch(500))
    func `a block contains what agrees in its first bits, and nothing else`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.address()
        let width = address.octets.count * 8
        let length = gen.int(0...width)
        let prefix = Prefix(containing: address, length: length)
        #expect(prefix.base <= address && address <= prefix.last)
        for place in 0..<width {
            var octets = address.octets
            octets[place / 8] ^= 0x80 >> UInt8(place % 8)
            let other = IPAddress(octets: octets)
            #expect(other.map(prefix.contains) == (place >= length), "bit \(place) of \(prefix)")
        }
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let address = gen.address()
        let prefix = Prefix(containing: address, length: gen.int(0...(address.octets.count * 8)))
        #expect(try Prefix(parsing: prefix.description) == prefix)
    }

    @Test(arguments: Seed.batch(300))
    func `a block lies in another when both its ends do`(seed: Seed) {
        var gen = Gen(seed)
        let base = gen.address()
        let outer = Prefix(containing: base, length: gen.int(0...40))
        let inner = Prefix(
            containing: gen.oneIn(2) ? base : gen.address(), length: gen.int(0...128))
        let expected = outer.contains(inner.base) && outer.contains(inner.last)
        #expect(outer.contains(inner) == expected, "\(outer) \(inner)")
    }

    @Test func `blocks sort by their base, the wide before the narrow`() {
        let texts = ["10.0.0.0/8", "::/0", "10.0.0.0/16", "9.0.0.0/8", "10.0.1.0/24"]
        #expect(
            texts.map(Sample.prefix).sorted().map(\.description)
                == ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "::/0"])
    }
}

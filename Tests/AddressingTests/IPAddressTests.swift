import Addressing
import TestKit
import Testing

@Suite struct `IP address` {
    @Test func `the text tells the family`() {
        #expect(IPAddress("192.0.2.1")?.family == .v4)
        #expect(IPAddress("192.0.2.1")?.v4 == IPv4Address(192, 0, 2, 1))
        #expect(IPAddress("192.0.2.1")?.v6 == nil)
        #expect(IPAddress("2001:db8::1")?.family == .v6)
        #expect(IPAddress("2001:db8::1")?.v4 == nil)
        #expect(IPAddress("2001:db8::1")?.v6 == IPv6Address("2001:db8::1"))
        #expect(IPAddress("nas.lan") == nil)
    }

    @Test func `an IPv4 address in IPv6 clothes stays IPv6`() {
        #expect(IPAddress("::ffff:192.0.2.1")?.family == .v6)
    }

    @Test(arguments: 0...40)
    func `only 4 or 16 octets make an address`(count: Int) {
        let address = IPAddress(octets: [UInt8](repeating: 7, count: count))
        #expect((address != nil) == [4, 16].contains(count))
    }

    @Test(arguments: Seed.batch(200))
    func `what is printed is read back`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.address()
        #expect(IPAddress(address.description) == address)
        #expect(IPAddress(octets: address.octets) == address)
    }

    @Test func `IPv4 comes before IPv6`() {
        let sorted = ["::", "255.255.255.255", "ff::", "0.0.0.0"].map(Sample.address).sorted()
        #expect(sorted.map(\.description) == ["0.0.0.0", "255.255.255.255", "::", "ff::"])
    }

    @Test(
        arguments: [
            ("192.0.2.1", 443, "192.0.2.1:443"), ("2001:db8::1", 443, "[2001:db8::1]:443"),
            ("::ffff:192.0.2.1", 1, "[::ffff:192.0.2.1]:1"),
        ] as [(String, UInt16, String)])
    func `an endpoint is printed with brackets around IPv6`(
        address: String, port: UInt16, text: String
    ) {
        #expect(Sample.endpoint(address, port).description == text)
    }
}

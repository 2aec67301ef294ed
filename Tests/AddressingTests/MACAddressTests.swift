import Addressing
import TestKit
import Testing

@Suite struct `Hardware address` {
    @Test(arguments: [
        ("02:00:5e:10:00:ff", "02:00:5e:10:00:ff"), ("02-00-5E-10-00-FF", "02:00:5e:10:00:ff"),
        ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ])
    func `six pairs of digits between colons or hyphens are read`(text: String, printed: String) {
        #expect(MACAddress(text)?.description == printed)
    }

    @Test(arguments: [
        "", "02:00:5e:10:00", "02:00:5e:10:00:ff:01", "2:00:5e:10:00:ff", "02:00:5e:10:00:fg",
        "02:00:5e:10:00:+f", "02:00:5e:10:00:-f", "02:00:5e-10-00-ff", "02005e1000ff",
        "0200.5e10.00ff", " 02:00:5e:10:00:ff", "02:00:5e:10:00:ff:", "02:00:5e:10:00: f",
    ])
    func `anything else is refused`(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test(arguments: 0...12)
    func `only six octets make one`(count: Int) {
        #expect((MACAddress(octets: [UInt8](repeating: 2, count: count)) != nil) == (count == 6))
    }

    /// The pair of RFC 4291 appendix A is 34-56-78-9A-BC-DE with the universal bit inverted.
    @Test(
        arguments: [
            ("34:56:78:9a:bc:de", 0x3656_78ff_fe9a_bcde),
            ("02:00:00:00:00:01", 0x0000_00ff_fe00_0001),
            ("00:00:5e:00:53:01", 0x0200_5eff_fe00_5301),
        ] as [(String, UInt64)])
    func `the interface identifier is the modified EUI-64`(text: String, identifier: UInt64) {
        #expect(MACAddress(text)?.interfaceIdentifier == identifier)
    }

    @Test(arguments: [
        ("02:00:00:00:00:01", true), ("fe:ff:ff:ff:ff:ff", true), ("01:00:5e:00:00:01", false),
        ("ff:ff:ff:ff:ff:ff", false), ("33:33:00:00:00:01", false), ("00:00:00:00:00:00", false),
    ])
    func `groups and the empty address are no device`(text: String, isDevice: Bool) {
        #expect(MACAddress(text)?.isDevice == isDevice)
    }

    @Test(arguments: Seed.batch(100))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let octets = (0..<6).map { _ in UInt8(gen.int(0...255)) }
        let address = try #require(MACAddress(octets: octets))
        #expect(MACAddress(address.description) == address)
    }
}

import Addressing
import TestKit
import Testing
import Wire

@Suite struct `Options of PCP` {
    private static let map = PCPSample.map.bytes
    private static let preferFailure: [UInt8] = [2, 0, 0, 0]
    private static let thirdParty: [UInt8] = option(1, [UInt8](repeating: 7, count: 16))

    private static func option(_ code: UInt8, _ data: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
        return [code, 0, UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data + padding
    }

    private static func filter(_ length: UInt8, _ address: String) -> [UInt8] {
        let octets = Sample.address(address).octets
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + octets
        return option(3, [0, length, 0, 80] + (octets.count == 4 ? mapped : octets))
    }

    private static func portSet(_ size: UInt8, first: UInt8) -> [UInt8] {
        option(130, [0, size, 0x1f, first, 0xff])
    }

    @Test func `are each of a fixed length`() {
        for (code, length) in [(1, 16), (2, 0), (3, 20), (130, 5)] as [(UInt8, Int)] {
            for wrong in Set(0...24).subtracting([length]) {
                let bytes = Self.map + Self.option(code, [UInt8](repeating: 0, count: wrong))
                #expect(bytes.refusal() == .malformedOption, "option \(code) of \(wrong)")
            }
        }
    }

    @Test func `stand there once, filters apart`() {
        let set = Self.portSet(2, first: 0x90)
        for option in [Self.preferFailure, Self.thirdParty, set] {
            #expect((Self.map + option).refusal() == nil)
            #expect((Self.map + option + option).refusal() == .malformedOption)
        }
        let filter = Self.filter(128, "198.51.100.1")
        #expect((Self.map + filter + filter).request()?.options.filters.count == 2)
    }

    @Test func `belong to their operation`() {
        let (peer, announce) = (PCPSample.peer.bytes, PCPSample.announce.bytes)
        let set = Self.portSet(2, first: 0x90)
        for option in [Self.preferFailure, Self.filter(128, "198.51.100.1"), set] {
            #expect((peer + option).refusal() == .malformedRequest)
            #expect((announce + option).refusal() == .malformedRequest)
        }
        #expect((announce + Self.thirdParty).refusal() == .malformedRequest)
        #expect((announce + Self.option(200, [1])).refusal() == nil)
    }

    @Test func `with a third party are another device's`() {
        var request = PCPSample.forAnother
        #expect(request.bytes.request()?.internalAddress == Sample.address("192.168.1.99"))
        request.options.thirdParty = PCPSample.device
        #expect(request.bytes.refusal() == .malformedRequest)
    }

    @Test func `that prefer failure want something`() {
        var request = PCPSample.request(
            PCPSample.mapping(6, 80), 60, PCPOptions(prefersFailure: true))
        #expect(request.bytes.refusal() == .malformedOption)
        // What is suggested for a deletion is of no account.
        request.lifetime = 0
        #expect(request.bytes.refusal() == nil)
    }

    @Test func `with filters delete nothing`() {
        var request = PCPSample.filtered([PCPSample.remotes("198.51.100.0/24")])
        request.lifetime = 0
        #expect(request.bytes.refusal() == .malformedOption)
    }

    static let lengths: [(UInt8, String, String?)] = [
        (120, "198.51.100.0", "198.51.100.0/24"), (128, "198.51.100.1", "198.51.100.1"),
        (96, "0.0.0.0", "0.0.0.0/0"), (24, "198.51.100.0", "198.51.100.0/24"),
        (32, "198.51.100.1", "198.51.100.1"), (1, "198.51.100.1", "128.0.0.0/1"),
        (120, "198.51.100.9", "198.51.100.0/24"), (33, "198.51.100.0", nil),
        (95, "198.51.100.0", nil), (129, "198.51.100.0", nil), (255, "2001:db8::", nil),
    ]

    @Test(arguments: lengths)
    func `with an IPv4 filter count 96 bits more`(
        length: UInt8, address: String, prefix: String?
    ) {
        let bytes = Self.map + Self.filter(length, address)
        guard let prefix else {
            #expect(bytes.refusal() == .malformedOption)
            return
        }
        #expect(bytes.request()?.options.filters == [PCPSample.remotes(prefix, 80)])
    }

    @Test func `filter the family of the device`() {
        #expect((Self.map + Self.filter(64, "2001:db8::")).refusal() == .malformedOption)
        let pinhole = PCPSample.pinhole
        let bytes = pinhole.bytes + Self.filter(33, "2001:db8::")
        #expect(
            bytes.request(from: pinhole.client)?.options.filters
                == [PCPSample.remotes("2001:db8::/33", 80)])
        let other = pinhole.bytes + Self.filter(120, "198.51.100.0")
        #expect(other.refusal(from: pinhole.client) == .malformedOption)
        // Whose family it is can come behind the filter.
        let third = [UInt8](repeating: 0x20, count: 16)
        let late = Self.map + Self.filter(64, "2001:db8::") + Self.option(1, third)
        #expect(late.refusal() == nil)
    }

    @Test func `bind a mapping to sixteen remotes`() {
        let filters = (0..<16).map { PCPSample.remotes("198.51.100.\($0)") }
        let most = PCPSample.filtered([.deleteAll] + filters)
        #expect(most.bytes.request() == most)
        let tooMany = PCPSample.filtered(filters + [PCPSample.remotes("203.0.113.1")])
        #expect(tooMany.bytes.refusal() == .excessiveRemotePeers)
    }

    @Test func `with a port set begin at the port of the mapping`() {
        let set = (Self.map + Self.portSet(2, first: 0x90)).request()?.options.portSet
        #expect(set == PCPPortSet(size: 2, firstInternalPort: 8080, keepsParity: true))
        #expect((Self.map + Self.portSet(2, first: 0x91)).refusal() == .malformedOption)
        #expect((Self.map + Self.portSet(0, first: 0x90)).refusal() == .malformedOption)
        let all = PCPSample.request(
            PCPSample.mapping(17, 0), 60,
            PCPOptions(portSet: PCPPortSet(size: 2, firstInternalPort: 0)))
        #expect(all.bytes.refusal() == .malformedOption)
    }

    @Test func `cannot say that all of IPv6 is let in`() {
        #expect(PCPRemotes(Sample.prefix("::/0")) == nil)
        #expect(PCPRemotes(Sample.prefix("::/0"), port: 80) == nil)
        #expect(PCPRemotes(Sample.prefix("0.0.0.0/0"), port: 0)?.port == nil)
    }
}

import Addressing
import Forwarding
import Netlink
import TestKit
import Testing

@testable import Netfilter

@Suite struct `Admission of sources` {
    private static func admission(
        allowed: [String] = [], denied: [String] = [], peers: [RemotePeer] = [],
        hairpin: Bool = true
    ) throws -> Admission? {
        let sources = SourcePolicy(
            allowed: allowed.map(Sample.prefix), denied: denied.map(Sample.prefix), peers: peers)
        let forward = Sample.forward(1, Sample.draft(sources: sources, hairpin: hairpin))
        return Admission(
            try #require(forward.active(in: Sample.surroundings, at: Sample.now)))
    }

    /// The boundaries of the only set, ends with a bar behind.
    private func boundaries(_ allowed: [String]) throws -> [String] {
        let sets = try #require(try Self.admission(allowed: allowed)).sets
        try #require(sets.count == 1)
        return sets[0].1.map { element in
            let address = IPAddress(octets: element.key.bytes)
            return (address?.description ?? "?") + (element.endsInterval ? "|" : "")
        }
    }

    @Test func `a forward for everyone needs no chain`() throws {
        #expect(try Self.admission() == nil)
        #expect(try Self.admission(hairpin: false) != nil)
        #expect(try Self.admission(allowed: ["0.0.0.0/0"]) != nil)
    }

    @Test(arguments: [
        (["192.168.1.0/24"], ["192.168.1.0", "192.168.2.0|"]),
        (["203.0.113.9"], ["203.0.113.9", "203.0.113.10|"]),
        (["10.0.0.0/8", "11.0.0.0/8"], ["10.0.0.0", "12.0.0.0|"]),
        (["10.0.0.0/8", "12.0.0.0/8"], ["10.0.0.0", "11.0.0.0|", "12.0.0.0", "13.0.0.0|"]),
        (["10.0.0.0", "10.0.0.1", "10.0.0.2"], ["10.0.0.0", "10.0.0.3|"]),
        (["0.0.0.0/0"], ["0.0.0.0"]),
        (["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0"]),
        (["255.255.255.255"], ["255.255.255.255"]),
        (["240.0.0.0/4", "224.0.0.0/4"], ["224.0.0.0"]),
        (["::/0"], ["::"]), (["ffff::/16"], ["ffff::"]),
        (["2001:db8::/64", "2001:db8:0:1::/64"], ["2001:db8::", "2001:db8:0:2::|"]),
        (["::ffff:ffff:ffff:ffff/128"], ["::ffff:ffff:ffff:ffff", "0:0:0:1::|"]),
    ])
    func `blocks that touch are joined, and the last has no end`(
        prefixes: [String], boundaries: [String]
    ) throws {
        #expect(try self.boundaries(prefixes) == boundaries)
    }

    @Test(arguments: Seed.batch(200))
    func `the intervals hold the addresses of the blocks and no others`(seed: Seed) throws {
        var gen = Gen(seed)
        // Near both ends of the space, where ends are missing.
        let base: UInt32 = gen.pick([0, 0x0a00_0000, 0xffff_ff00])
        func address(_ gen: inout Gen) -> IPAddress {
            .v4(IPv4Address(bits: base + UInt32(gen.int(0...255))))
        }
        let prefixes = (0..<gen.int(1...12)).map { _ in
            Prefix(containing: address(&gen), length: gen.int(24...32))
        }
        let sources = SourcePolicy(denied: prefixes)
        let forward = Sample.forward(1, Sample.draft(sources: sources))
        let active = try #require(forward.active(in: Sample.surroundings, at: Sample.now))
        let elements = try #require(Admission(active)?.sets.first).1
        let keys = elements.map(\.key.bytes)
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        #expect(
            elements.enumerated().allSatisfy { $0.element.endsInterval == ($0.offset % 2 == 1) })
        let wrong = (0...255).map { IPAddress.v4(IPv4Address(bits: base + $0)) }.filter { address in
            let passed = elements.last { !address.octets.lexicographicallyPrecedes($0.key.bytes) }
            let isIn = passed.map { !$0.endsInterval } ?? false
            return isIn != prefixes.contains { $0.contains(address) }
        }
        #expect(wrong == [])
    }

    @Test func `the same terms have the same chain, whoever has them`() throws {
        let one = try #require(try Self.admission(allowed: ["10.0.0.0/8", "192.0.2.0/24"]))
        let other = try #require(try Self.admission(allowed: ["192.0.2.0/24", "10.0.0.0/8"]))
        #expect(one == other && one.chain == other.chain)
    }

    @Test func `any difference gives another chain`() throws {
        let chains = try [
            Self.admission(allowed: ["10.0.0.0/8"]), Self.admission(denied: ["10.0.0.0/8"]),
            Self.admission(allowed: ["10.0.0.0/8"], denied: ["10.0.0.0/8"]),
            Self.admission(allowed: ["10.0.0.0/8"], hairpin: false),
            Self.admission(allowed: ["10.0.0.0/9"]), Self.admission(hairpin: false),
            Self.admission(peers: [Sample.peer("10.0.0.0/8", 53)]),
            Self.admission(peers: [Sample.peer("10.0.0.0/8", 54)]),
            Self.admission(peers: [Sample.peer("10.0.0.1", 53)]),
            Self.admission(allowed: ["192.0.2.0/24"], peers: [Sample.peer("10.0.0.0/8", 53)]),
        ].compactMap { $0?.chain }
        #expect(Set(chains).count == 10)
        #expect(chains.allSatisfy { $0.utf8.count < 32 })
    }

    @Test func `forwards with peers share a chain, whoever the peers are`() throws {
        let admissions = try [
            [Sample.peer("198.51.100.7", 5060)],
            [Sample.peer("2001:db8:51::7", 500), Sample.peer("203.0.113.9", 53)],
        ].map { try #require(try Self.admission(peers: $0)) }
        #expect(admissions[0] == admissions[1] && admissions[0].chain == admissions[1].chain)
        #expect(admissions[0].sets.isEmpty)
        #expect(
            admissions[0].rules(.standard).map(\.purpose)
                == ["inside", "peer", "peer", "not allowed"])
    }

    @Test func `a block of peers is a stretch of addresses at one port`() throws {
        let peers = [
            Sample.peer("198.51.100.0/24", 5060), Sample.peer("2001:db8:51::/48", 500),
            // Said already, by the block.
            Sample.peer("198.51.100.7", 5060),
        ]
        let admission = try #require(try Self.admission(peers: peers))
        #expect(
            admission.rules(.standard).map(\.purpose)
                == ["inside", "block of peers", "block of peers", "not allowed"])
        let sets = admission.sets
        #expect(sets.map(\.0.key) == [[.ipv4, .port], [.ipv6, .port]])
        func key(_ address: String, _ port: UInt16) -> RegisterImage {
            RegisterImage().address(Sample.address(address)).port(port)
        }
        let last = "2001:db8:51:ffff:ffff:ffff:ffff:ffff"
        #expect(
            sets.map(\.1) == [
                [SetElement(key("198.51.100.0", 5060), through: key("198.51.100.255", 5060))],
                [SetElement(key("2001:db8:51::", 500), through: key(last, 500))],
            ])
    }

    @Test func `a peer of any port is on the allow-list`() throws {
        let peer = Sample.peer("198.51.100.0/24", nil)
        #expect(try Self.admission(peers: [peer]) == Self.admission(allowed: ["198.51.100.0/24"]))
    }

    @Test func `the rules stand in the order of the trace`() throws {
        let all = try #require(
            try Self.admission(
                allowed: ["198.51.100.0/24", "2001:db8::/32"], denied: ["10.0.0.0/8", "fd00::/8"]))
        #expect(
            all.rules(.standard).map(\.purpose) == [
                "denied", "denied", "inside", "allowed", "allowed", "not allowed",
            ])
        #expect(
            try Self.admission(hairpin: false)?.rules(.standard).map(\.purpose)
                == ["inside, without hairpin"])
        #expect(all.sets.map(\.0.isInterval) == [true, true, true, true])
        #expect(all.sets.map(\.0.key) == [[.ipv4], [.ipv6], [.ipv4], [.ipv6]])
    }
}

@Suite struct `Mark and mask` {
    @Test(arguments: [0xffff, 0x0001_fffe, 0x00ff_ff00, 0xffff_0000] as [UInt32])
    func `sixteen bits in a row are a mask`(bits: UInt32) throws {
        let mask = try #require(MarkMask(bits))
        for number in [1, 2, 255, 256, 4711, 65535] as [UInt16] {
            let id = Sample.id(number)
            #expect(mask.mark(of: id) & ~bits == 0)
            #expect(mask.forward(of: mask.mark(of: id)) == id)
            #expect(mask.forward(of: mask.mark(of: id) | ~bits) == id)
        }
        #expect(mask.forward(of: 0) == nil)
        #expect(mask.forward(of: ~bits) == nil)
    }

    @Test(arguments: [0, 1, 0xff, 0x7fff, 0x1_ffff, 0xff00_ff00, 0x0fff_f00f, .max] as [UInt32])
    func `anything else is none`(bits: UInt32) {
        #expect(MarkMask(bits) == nil)
    }

    @Test func `the usual mask stands in the middle, and in registers in host order`() {
        #expect(MarkMask.standard == MarkMask(0x00ff_ff00))
        #expect(MarkMask.standard.bytes == [0, 0xff, 0xff, 0])
        #expect(MarkMask.standard.mark(of: Sample.id(0x010c)) == 0x0001_0c00)
    }
}

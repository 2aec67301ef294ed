import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Routing rules and tables` {
    private static let mark = PolicyRule.Selector.mark(0x20000, mask: 0xff0000)

    private func bytes(_ write: (inout MessageWriter) -> Void) -> [UInt8] {
        var writer = MessageWriter()
        write(&writer)
        return writer.bytes
    }

    private func message(_ bytes: [UInt8]) throws -> RouteMessage? {
        RouteMessage(try #require(Array(MessageReader(bytes)).first))
    }

    @Test func `a rule by mark is written as ip writes it`() throws {
        let rule = PolicyRule(.v4, priority: 1000, Self.mark, table: 200)
        let written = bytes { rule.write(.add, owner: 99, sequence: 1, to: &$0) }
        #expect(written.hex == (try Vector.named("rt-rule-fwmark")).hex)
    }

    @Test func `a rule by address that leaves out the default route, IPv6`() {
        let rule = PolicyRule(
            .v6, priority: 7402, .source(Sample.address("2001:db8:fe::5")),
            table: PolicyRule.mainTable, leavesOutDefault: true)
        // ip -6 rule add from 2001:db8:fe::5 lookup main suppress_prefixlength 0 pref 7402 protocol 74
        let expected =
            "50000000" + "2000" + "0506" + "0100000000000000" + "0a008000" + "00000001" + "00000000"
            + "08000600ea1c0000" + "1400020020010db800fe00000000000000000005" + "08000f00fe000000"
            + "08000e0000000000" + "050015004a000000"
        #expect(bytes { rule.write(.add, sequence: 1, to: &$0) }.hex == expected)
    }

    @Test func `a rule is taken away by the same terms`() throws {
        let rule = PolicyRule(.v4, priority: 1000, Self.mark, table: 200)
        var expected = try Vector.named("rt-rule-fwmark").bytes
        (expected[4], expected[6], expected[7]) = (33, 5, 0)
        #expect(bytes { rule.write(.delete, owner: 99, sequence: 1, to: &$0) } == expected)
    }

    @Test func `rules are asked for, each family apart`() throws {
        let written = bytes { PolicyRule.writeDump(.v4, sequence: 1, to: &$0) }
        #expect(written.hex == (try Vector.named("rt-rule-dump")).hex)
        #expect(bytes { PolicyRule.writeDump(.v6, sequence: 1, to: &$0) }[16] == 10)
    }

    @Test func `a default route of a table is written as ip writes it`() throws {
        let route = TableRoute(
            table: 200, index: 2, hop: .gateway(Sample.address("203.0.113.9")))
        let written = bytes { route.write(.put, owner: 99, sequence: 1, to: &$0) }
        #expect(written.hex == (try Vector.named("rt-route-add")).hex)
    }

    @Test func `one over a point-to-point link has no gateway`() {
        let route = TableRoute(table: 7402, index: 9, hop: .link(.v4))
        // ip route replace default dev ppp0 table 7402 protocol 74
        let expected =
            "2c000000" + "1800" + "0505" + "0100000000000000" + "02000000" + "004afd01" + "00000000"
            + "0800040009000000" + "08000f00ea1c0000"
        #expect(bytes { route.write(.put, sequence: 1, to: &$0) }.hex == expected)
    }

    @Test(arguments: [
        PolicyRule(.v4, priority: 7400, mark, table: 254, leavesOutDefault: true),
        PolicyRule(.v6, priority: 7401, mark, table: 7402),
        PolicyRule(.v4, priority: 7403, .source(Sample.address("192.0.2.5")), table: 7402),
        PolicyRule(.v6, priority: 7403, .source(Sample.address("2001:db8::5")), table: 7402),
        PolicyRule(.v4, priority: 5, .anything, table: 7),
    ])
    func `our rules are read back`(rule: PolicyRule) throws {
        let written = bytes { rule.write(.add, sequence: 1, to: &$0) }
        guard case .ownRule(let read, removed: false) = try message(written) else {
            Issue.record("no rule")
            return
        }
        #expect(read == rule)
    }

    @Test(arguments: [
        TableRoute(table: 7401, index: 2, hop: .gateway(Sample.address("203.0.113.9"))),
        TableRoute(
            table: 7401, index: 3, hop: .gateway(Sample.address("fe80::1")), isOnLink: true),
        TableRoute(table: 7402, index: 4, hop: .link(.v4)),
        TableRoute(table: 7402, index: 4, hop: .link(.v6)),
    ])
    func `our routes are read back`(route: TableRoute) throws {
        let written = bytes { route.write(.put, sequence: 1, to: &$0) }
        guard case .ownRoute(let read, removed: false) = try message(written) else {
            Issue.record("no route")
            return
        }
        #expect(read == route)
    }

    @Test func `those of others are none of ours`() throws {
        let rule = PolicyRule(.v4, priority: 1000, Self.mark, table: 200)
        let route = TableRoute(table: 200, index: 2, hop: .link(.v4))
        #expect(try message(bytes { rule.write(.add, owner: 3, sequence: 1, to: &$0) }) == nil)
        #expect(try message(bytes { route.write(.put, owner: 3, sequence: 1, to: &$0) }) == nil)
    }

    @Test func `a default route with several next hops is read as several`() throws {
        let hop: (UInt8, String) -> [UInt8] = { index, gateway in
            [16, 0, 0, 0, index, 0, 0, 0, 8, 0, 5, 0] + Sample.address(gateway).octets
        }
        var writer = MessageWriter()
        writer.message(MessageHeader(type: 24, flags: [], sequence: 0)) {
            $0.fixed([2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0])
            $0.hostOrder32(6, 50)
            $0.bytes(9, hop(2, "203.0.113.9") + hop(3, "192.0.2.9"))
        }
        guard case .routes(let routes, removed: false) = try message(writer.bytes) else {
            Issue.record("no routes")
            return
        }
        #expect(routes.map(\.index) == [2, 3])
        #expect(routes.map(\.priority) == [50, 50])
        #expect(
            routes.map(\.gateway) == ["203.0.113.9", "192.0.2.9"].map { Sample.address($0) })
    }

    @Test(
        arguments: [(0x0f00_0000, true), (0xf, true), (0x1f, false), (0x0f0f, false), (0, false)]
            as [(UInt32, Bool)])
    func `a mask of WANs is four bits in a row`(bits: UInt32, fits: Bool) {
        #expect((WANMask(bits) != nil) == fits)
    }

    @Test func `a number goes into the mask and comes out`() {
        for number in 0...WANMask.most {
            let mark = WANMask.standard.mark(of: number)
            #expect(WANMask.standard.number(of: mark | 0xf0ff_ffff) == number)
        }
    }
}

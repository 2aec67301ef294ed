import Addressing
import Netlink
import TestKit
import Testing

/// A statement of `nft`, and our expressions for it.
struct Statement: Sendable, CustomTestStringConvertible {
    let text: String
    let expressions: [Expression]
    /// How many expressions of the vector are left out at its beginning.
    var skipped = 0

    var testDescription: String { text }

    init(_ text: String, skipped: Int = 0, _ expressions: [Expression]) {
        self.text = text
        self.skipped = skipped
        self.expressions = expressions
    }
}

@Suite struct `Rule expressions` {
    private static let zeros: [UInt8] = [0, 0, 0, 0]

    private static func family(_ number: UInt8) -> [Expression] {
        [.meta(.family, register: 1), .compare(register: 1, .equal, [number])]
    }

    private static func transport(_ number: UInt8) -> [Expression] {
        [.meta(.transport, register: 1), .compare(register: 1, .equal, [number])]
    }

    private static func masked(
        _ key: Expression.Conntrack, _ mask: [UInt8], _ comparison: Expression.Comparison,
        _ value: [UInt8] = zeros
    ) -> [Expression] {
        [
            .conntrack(key, register: 1), .and(register: 1, mask: mask),
            .compare(register: 1, comparison, value),
        ]
    }

    private static func interface(_ name: String) -> [UInt8] {
        RegisterImage().interface(Sample.interface(name)).bytes
    }

    private static func verdict(_ verdict: NFTables.Verdict, _ chain: String? = nil) -> Expression {
        .verdict(verdict, chain: chain)
    }

    private static let endpoint4: [Expression] =
        family(2) + [
            .payload(.destination4, register: 1), .meta(.transport, register: 9),
            .payload(.destinationPort, register: 10),
        ]

    private static let endpoint6: [Expression] =
        family(10) + [
            .payload(.destination6, register: 1), .meta(.transport, register: 2),
            .payload(.destinationPort, register: 13),
        ]

    private static let synOnly: [Expression] =
        transport(6) + [
            .payload(.tcpFlags, register: 1), .and(register: 1, mask: [2]),
            .compare(register: 1, .notEqual, [0]),
        ]

    static let matches = [
        Statement("meta l4proto tcp", transport(6)),
        Statement("meta nfproto ipv4", family(2)),
        Statement(
            "iifname \"wan0\"",
            [
                .meta(.inInterface, register: 1),
                .compare(register: 1, .equal, interface("wan0")),
            ]),
        Statement(
            "oifname != \"lan0\"",
            [
                .meta(.outInterface, register: 1),
                .compare(register: 1, .notEqual, interface("lan0")),
            ]),
        Statement(
            "ip saddr 192.0.2.1",
            family(2) + [
                .payload(.source4, register: 1), .compare(register: 1, .equal, [192, 0, 2, 1]),
            ]),
        Statement(
            "ip6 saddr 2001:db8::1",
            family(10) + [
                .payload(.source6, register: 1),
                .compare(register: 1, .equal, Sample.address("2001:db8::1").octets),
            ]),
        Statement(
            "tcp dport 80",
            transport(6) + [
                .payload(.destinationPort, register: 1), .compare(register: 1, .equal, [0, 80]),
            ]),
        Statement(
            "th dport 53",
            [.payload(.destinationPort, register: 1), .compare(register: 1, .equal, [0, 53])]),
        Statement(
            "meta nftrace set 1", [.value([1], register: 1), .setTrace(register: 1)]),
        Statement(
            "limit rate 30/minute burst 7 packets",
            [.limit(packets: 30, seconds: 60, burst: 7)]),
        Statement("tcp flags syn", synOnly),
        Statement("ct state new", masked(.state, [8, 0, 0, 0], .notEqual)),
        Statement(
            "ct state established,related accept",
            masked(.state, [6, 0, 0, 0], .notEqual) + [verdict(.accept)]),
        Statement(
            "ct state invalid drop", masked(.state, [1, 0, 0, 0], .notEqual) + [verdict(.drop)]),
        Statement("ct status dnat", masked(.status, [0x20, 0, 0, 0], .notEqual)),
        Statement(
            "ct mark 0x10c00",
            [.conntrack(.mark, register: 1), .compare(register: 1, .equal, [0, 0x0c, 1, 0])]),
        Statement(
            "ct mark & 0x00ffff00 == 0x10c00",
            masked(.mark, [0, 0xff, 0xff, 0], .equal, [0, 0x0c, 1, 0])),
        Statement(
            "ct direction original",
            [.conntrack(.direction, register: 1), .compare(register: 1, .equal, [0])]),
        Statement(
            "ct original ip daddr 203.0.113.5",
            [
                .conntrack(.originalDestination4, register: 1),
                .compare(register: 1, .equal, [203, 0, 113, 5]),
            ]),
        Statement(
            "ct original ip6 daddr 2001:db8::1",
            [
                .conntrack(.originalDestination6, register: 1),
                .compare(register: 1, .equal, Sample.address("2001:db8::1").octets),
            ]),
        Statement(
            "ip saddr @s4",
            family(2) + [
                .payload(.source4, register: 1), .lookup(set: "s4", key: 1, .contains),
            ]),
        Statement(
            "ip saddr != @s4",
            family(2) + [.payload(.source4, register: 1), .lookup(set: "s4", key: 1, .lacks)]),
        Statement(
            "ip6 daddr . meta l4proto . th dport @d6",
            endpoint6 + [.lookup(set: "d6", key: 1, .contains)]),
        // The key is loaded otherwise: only the look-up is ours.
        Statement("meta mark vmap @vm", skipped: 1, [.lookup(set: "vm", key: 1, .verdict)]),
    ]

    static let actions = [
        Statement("accept", [verdict(.accept)]),
        Statement("drop", [verdict(.drop)]),
        Statement("return", [verdict(.return)]),
        Statement("jump x", [verdict(.jump, "x")]),
        Statement("goto x", [verdict(.goto, "x")]),
        Statement("counter", [.counter]),
        Statement("counter name \"c1\"", [.namedCounter("c1")]),
        Statement("masquerade", [.masquerade()]),
        Statement(
            "snat ip to ct original ip daddr",
            [.conntrack(.originalDestination4, register: 1), .snat(.ipv4, address: 1)]),
        Statement(
            "meta l4proto tcp dnat ip to 192.0.2.10", skipped: 3,
            [.dnat(.ipv4, address: 1, port: nil)]),
        Statement(
            "meta l4proto { tcp, udp } dnat ip to ip daddr . meta l4proto . th dport map @m4",
            skipped: 2,
            endpoint4 + [
                .lookup(set: "m4", key: 1, .value(register: 1)),
                .dnat(.ipv4, address: 1, port: 9),
            ]),
        Statement(
            "meta l4proto { tcp, udp } dnat ip6 to ip6 daddr . meta l4proto . th dport map @m6",
            skipped: 2,
            endpoint6 + [
                .lookup(set: "m6", key: 1, .value(register: 1)),
                .dnat(.ipv6, address: 1, port: 2),
            ]),
        Statement(
            "ct mark set ip daddr . meta l4proto . th dport map @mm",
            endpoint4 + [
                .lookup(set: "mm", key: 1, .value(register: 1)), .setConntrackMark(register: 1),
            ]),
        Statement(
            "tcp flags syn tcp option maxseg size set rt mtu",
            synOnly + [
                .routeMSS(register: 1), .toNetworkOrder16(register: 1), .clampMSS(register: 1),
            ]),
    ]

    @Test(arguments: matches + actions)
    func `what we write is what nft sends`(statement: Statement) throws {
        let vector = try Vector.named("rule: \(statement.text)")
        let theirs = Self.normal([UInt8](hex: try #require(vector.expressions_hex)))
        #expect(
            Self.normal(try expressions(of: statement))
                == Array(theirs.dropFirst(statement.skipped)))
    }

    /// Adding to a set of counters: `nft` can only say it with `update`, which is another number.
    @Test func `counting in a set is an addition with a counter`() throws {
        let vector = try Vector.named("rule: update @dyn { ip saddr counter }")
        let theirs = Self.normal([UInt8](hex: try #require(vector.expressions_hex)))
        let ours = Self.normal(
            try expressions(of: Statement("", [.count(set: "dyn", key: 1)])))
        let expected = try #require(theirs.last)
            .map { $0 == "    3 = 00000001" ? "    3 = 00000000" : $0 }
            .filter { $0 != "      2" }
        #expect(ours == [expected])
    }

    @Test func `a comment is what nft makes of it`() throws {
        let commented = [
            "rule: tcp dport 22 comment \"id=12 h=ab\"": "id=12 h=ab",
            "rule-comment": "id=12", "reply-rule": "id=1", "event-0a06": "id=1",
        ]
        for (vector, comment) in commented {
            #expect(Rule.comment(of: try Vector.message(vector)) == comment)
        }
        #expect(Rule.comment(of: try Vector.message("rule: accept")) == nil)
    }

    @Test func `the comment of a rule names its purpose and its content`() throws {
        let rule = Rule("guard", [.counter, Self.verdict(.drop)])
        #expect(rule.comment.wholeMatch(of: /guard h=[0-9a-f]{8}/) != nil)
        #expect(Rule("guard", [.counter]).comment != rule.comment)
        #expect(Rule("guard", rule.expressions).comment == rule.comment)
        #expect(Rule.comment(of: try message(of: rule)) == rule.comment)
        let long = Rule(String(repeating: "x", count: 300), [])
        #expect(Rule.comment(of: try message(of: long))?.utf8.count == 126)
    }

    private func message(of rule: Rule) throws -> Message {
        var batch = Batch(table: "pfgw")
        batch.operation(.newRule, [.create, .append]) { rule.write(to: &$0, chain: "x") }
        return try #require(Array(MessageReader(batch.finish().bytes)).dropFirst().first)
    }

    private func expressions(of statement: Statement) throws -> [UInt8] {
        let message = try message(of: Rule("", statement.expressions))
        return Array(try #require(message.attributes(after: 4)[4]).payload)
    }

    /// Each expression by lines, without what is free: `nft` adds the transaction's number to the
    /// name of a set and leaves out the zero byte of an object's name; we say which bitwise it is.
    private static func normal(_ list: [UInt8]) -> [[String]] {
        let names = ["lookup", "dynset", "bitwise", "objref"].map { name in
            (name, "  1 = " + (Array(name.utf8) + [0]).hex)
        }
        var expressions: [[String]] = []
        for line in WireText.attributes(list) {
            if line == "1" {
                expressions.append([])
            } else if let last = expressions.indices.last {
                expressions[last].append(line)
            }
        }
        return expressions.map { lines in
            let kind = names.first { lines.first == $0.1 }?.0
            return lines.compactMap { line in
                switch (kind, line.prefix(8)) {
                case ("lookup", "    4 = "), ("dynset", "    2 = "): nil
                case ("bitwise", "    6 = ") where line.hasSuffix(" 00000000"): nil
                case ("objref", "    2 = ") where line.hasSuffix("00"): String(line.dropLast(2))
                default: line
                }
            }
        }
    }
}

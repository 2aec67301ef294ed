import Addressing
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// A ruleset of another is not to be trusted: whatever its bytes say, it is followed to an end.
@Suite struct `Damaged rules of others` {
    /// Everything that a real dump holds, as messages of their own.
    private func messages(_ host: Host) async throws -> [[UInt8]] {
        try await host.run {
            var socket = try NetlinkSocket(.netfilter)
            var found: [[UInt8]] = []
            func dump(_ operation: NFTables.Operation, _ family: UInt8, _ names: [String]) throws {
                _ = try socket.dump(
                    { sequence, writer in
                        let header = MessageHeader(
                            type: operation.type, flags: [.request, .dump], sequence: sequence)
                        writer.message(header) {
                            $0.fixed([family, 0, 0, 0])
                            for (number, name) in zip(UInt16(1)..., names) {
                                $0.string(number, name)
                            }
                        }
                    }, { found.append(Array($0.bytes[$0.start..<$0.end])) })
            }
            for operation in [.getTable, .getChain, .getRule, .getSet] as [NFTables.Operation] {
                try dump(operation, 0, [])
            }
            for set in found.compactMap({ Array(MessageReader($0)).first }).compactMap({
                DumpedSet($0)
            }) {
                try dump(.getElements, set.family.rawValue, [set.table, set.name])
            }
            return found
        }
    }

    private static func ruleset(_ messages: [[UInt8]]) -> ForeignRuleset {
        var ruleset = ForeignRuleset()
        var last: DumpedSet?
        var sets: [DumpedSet] = []
        for message in messages.compactMap({ Array(MessageReader($0)).first }) {
            DumpedTable(message).map { ruleset.tables.append($0) }
            DumpedForeignChain(message).map { ruleset.chains.append($0) }
            DumpedRule(message).map { ruleset.add($0) }
            DumpedSet(message).map { sets.append($0) }
            let elements = DumpedForeignElement.elements(in: message)
            guard !elements.isEmpty else { continue }
            let name = message.attributes(after: 4)[2]?.string
            last = sets.first { $0.name == name } ?? last
            last.map { ruleset.add($0, elements) }
        }
        return ruleset
    }

    @Test func `changed anywhere they are read, followed and told`() async throws {
        try await Lab.with { lab in
            for seed in Seed.batch(4) {
                var cases = ForeignCases(seed)
                try lab.gateway.load(nft: cases.ruleset())
                try lab.gateway.shell(
                    """
                    iptables-nft -F
                    iptables-nft -A FORWARD -m conntrack --ctstate NEW -p tcp -m tcp --dport 1:9 -j REJECT
                    iptables-nft -A FORWARD -m addrtype --dst-type LOCAL -m mark --mark 1 -j LOG
                    """)
                let whole = try await messages(lab.gateway)
                for _ in 0..<60 {
                    var broken = whole
                    for _ in 0..<cases.gen.int(1...40) {
                        let number = cases.gen.int(0...broken.count - 1)
                        let place = cases.gen.int(20...max(20, broken[number].count - 1))
                        guard place < broken[number].count else { continue }
                        broken[number][place] =
                            cases.gen.oneIn(2)
                            ? UInt8(cases.gen.int(0...255)) : cases.gen.pick([0, 1, 8, 0x40, 0xff])
                    }
                    let ruleset = Self.ruleset(broken)
                    let (_, packet, road) = cases.packet(20000)
                    for one in [packet, cases.forgetful(packet)] {
                        _ = ruleset.told(one, along: road)
                    }
                    for rule in ruleset.rules.values.joined() {
                        #expect(RuleReference(rule, ruleset).text.utf8.count < 20_000)
                    }
                }
            }
        }
    }

    @Test func `tables of the old module are, too`() async throws {
        try await Lab.with { lab in
            for seed in Seed.batch(4) {
                var cases = ForeignCases(seed)
                try lab.gateway.load(legacy: cases.legacyRuleset(), flush: true)
                let whole = try await lab.gateway.run {
                    try LegacyTables.present().map { ($0, try LegacyTables.contents(of: $0)) }
                }
                #expect(whole.count == 4)
                var followed = 0
                for _ in 0..<60 {
                    let tables = whole.compactMap { name, contents in
                        let entries = Self.damaged(contents.entries, &cases)
                        return LegacyTable(name, info: contents.info, entries: entries)
                    }
                    followed += tables.count
                    var ruleset = ForeignRuleset()
                    for table in tables { ruleset.add(table) }
                    let (_, packet, road) = cases.packet(20000)
                    for one in [packet, cases.forgetful(packet)] {
                        _ = ruleset.told(one, along: road)
                    }
                    for rule in ruleset.rules.values.joined() {
                        #expect(RuleReference(rule, ruleset).text.utf8.count < 20_000)
                    }
                }
                #expect(followed > 0)
            }
        }
    }

    /// Some bytes anywhere, and jumps to where another rule goes: back to their own chain, too.
    private static func damaged(_ bytes: [UInt8], _ cases: inout ForeignCases) -> [UInt8] {
        var bytes = bytes
        // Standard targets: 40 bytes with their head, no name, a number.
        let numbers = stride(from: 0, to: bytes.count - 40, by: 8).filter {
            bytes[$0..<$0 + 3] == [40, 0, 0]
        }.map { $0 + 32..<$0 + 36 }
        for _ in 0..<cases.gen.int(0...6) {
            let (rule, other) = (cases.gen.pick(numbers), cases.gen.pick(numbers))
            bytes.replaceSubrange(rule, with: bytes[other])
        }
        for _ in 0..<cases.gen.int(0...4) {
            bytes[cases.gen.int(0...bytes.count - 1)] = UInt8(cases.gen.int(0...255))
        }
        return bytes
    }

    @Test func `rules that jump in a circle come to an end`() async throws {
        try await Lab.with { lab in
            try lab.gateway.load(
                nft: """
                    table ip t {
                        chain b { jump a2; }
                        chain a2 { accept; }
                        chain f { type filter hook forward priority 0; jump b; jump b; }
                    }
                    """)
            // The kernel takes no circle, so one is made of a name.
            let circle = try await messages(lab.gateway).map { bytes in
                var bytes = bytes
                let (name, other): ([UInt8], [UInt8]) = (Array("a2\0".utf8), Array("b\0\0".utf8))
                for place in bytes.indices.dropLast(2) where Array(bytes[place..<place + 3]) == name
                {
                    bytes.replaceSubrange(place..<place + 3, with: other)
                }
                return bytes
            }
            let ruleset = Self.ruleset(circle)
            let told = ruleset.told(.forwarded())
            #expect(told.hasPrefix("unsure") && told.contains("tooDeep"))
        }
    }
}

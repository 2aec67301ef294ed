import Netlink
import TestKit
import Testing

@Suite struct `Tables of the old iptables module` {
    /// `offsetof` of linux/netfilter_ipv4/ip_tables.h and netfilter_ipv6/ip6_tables.h.
    @Test func `the parts of entries lie where the kernel's headers say`() {
        let (v4, v6) = (LegacyLayout.v4, LegacyLayout.v6)
        func offsets(_ it: LegacyLayout) -> [Int] {
            [
                it.source, it.destination, it.sourceMask, it.destinationMask, it.inName, it.outName,
                it.inMask, it.outMask, it.transport, it.flags, it.inversions, it.targetOffset,
                it.nextOffset, it.parts,
            ]
        }
        #expect(offsets(v4) == [0, 4, 8, 12, 16, 32, 48, 64, 80, 82, 83, 88, 90, 112])
        #expect(offsets(v6) == [0, 16, 32, 48, 64, 80, 96, 112, 128, 131, 132, 140, 142, 168])
    }

    @Test func `built-in chains have hook, priority and policy, those of the user none`() throws {
        let filter = try LegacyBytes.table("ip filter")
        #expect(filter.table.family == .ip && filter.table.name == "filter (legacy)")
        #expect(
            filter.chains.map(\.name) == ["INPUT", "FORWARD", "OUTPUT", "DOCKER-USER", "other"])
        #expect(
            filter.chains.map(\.base?.hook) == [1, 2, 3, nil, nil]
                && filter.chains.map(\.base?.dropsByPolicy) == [false, true, false, nil, nil])
        #expect(filter.chains.allSatisfy { $0.base.map { $0.priority == 0 } ?? true })
        let nat = try LegacyBytes.table("ip nat")
        #expect(nat.chains.map(\.base?.priority) == [-100, 100, -100, 100])
        #expect(nat.chains.allSatisfy { $0.base?.type == "nat" })
        let six = try LegacyBytes.table("ip6 filter")
        #expect(six.table.family == .ip6)
        #expect(six.chains.map(\.base?.dropsByPolicy) == [false, false, true, nil])
    }

    private func prefix(_ name: String) -> [UInt8] { Array(name.utf8) }
    private func whole(_ name: String) -> [UInt8] { Array(name.utf8) + [0] }
    private func load(_ offset: UInt32, _ length: UInt32) -> DumpedExpression {
        .payload(DumpedPayload(base: 1, offset: offset, length: length), register: 1)
    }
    private func mask(_ bytes: [UInt8]) -> DumpedExpression {
        let xor = [UInt8](repeating: 0, count: bytes.count)
        return .bitwise(source: 1, destination: 1, mask: bytes, xor: xor)
    }
    private func equal(_ bytes: [UInt8]) -> DumpedExpression {
        .compare(register: 1, .equal, bytes)
    }
    private func differs(_ bytes: [UInt8]) -> DumpedExpression {
        .compare(register: 1, .notEqual, bytes)
    }

    @Test func `headers become the steps of nf_tables`() throws {
        let rules = try LegacyBytes.table("ip filter").rules(of: "FORWARD")
        #expect(rules.count == 4)
        #expect(rules[0] == [.verdict(.jump("DOCKER-USER"))])
        #expect(
            rules[1].prefix(9) == [
                load(12, 4), mask([255, 255, 255, 0]), differs([203, 0, 113, 0]),
                .meta(key: 6, register: 1), equal(prefix("wan")),
                .meta(key: 7, register: 1), equal(whole("br0")),
                .meta(key: 16, register: 1), equal([6]),
            ])
        #expect(
            rules[2] == [
                load(6, 2), mask([0x1f, 0xff]), differs([0, 0]), .verdict(.goto("other")),
            ])
        #expect(
            rules[3].dropLast() == [
                load(16, 4), equal([192, 168, 7, 10]), .meta(key: 6, register: 1),
                differs(whole("br0")), .meta(key: 16, register: 1), differs([17]),
            ])
    }

    @Test func `matches and targets are those of iptables on nf_tables`() throws {
        let rules = try LegacyBytes.table("ip filter").rules(of: "FORWARD")
        let matches = rules[1].compactMap { expression -> CompatMatch? in
            guard case .match(let match) = expression else { return nil }
            return CompatMatch(match)
        }
        guard case .multiport(let ports) = matches.first, case .conntrack(let asked) = matches.last
        else {
            Issue.record("\(matches)")
            return
        }
        #expect(ports.ports == [80...80, 8000...8999] && ports.side == .destination)
        #expect(asked.states == CompatConntrack.State.new && !asked.hasMore)
        #expect(rules[1].last == .verdict(.accept))
        guard case .target(let refusal) = rules[3].last else {
            Issue.record("\(rules[3])")
            return
        }
        #expect(CompatTarget(refusal) == .reject)
        let nat = try LegacyBytes.table("ip nat")
        guard case .target(let target) = nat.rules(of: "PREROUTING").first?.last,
            case .destinationNAT(let place) = CompatTarget(target)
        else {
            Issue.record("\(nat.rules)")
            return
        }
        #expect(place.address?.prefix(4) == [172, 17, 0, 2] && place.port == 80)
    }

    @Test func `chains of the user end without the return that nobody wrote`() throws {
        let filter = try LegacyBytes.table("ip filter")
        let own = filter.rules(of: "DOCKER-USER")
        #expect(own.map(\.last) == [.verdict(.return), own[1].last, .verdict(.drop)])
        // A rule without a target only counts.
        guard case .match(let match) = own[1].last else {
            Issue.record("\(own[1])")
            return
        }
        #expect(match.name == "tcp")
        #expect(filter.rules(of: "other").map(\.last) == [.verdict(.queue)])
        #expect(filter.rules.filter { $0.chain == "FORWARD" }.map(\.handle) == [1, 2, 3, 4])
    }

    @Test func `IPv6 entries have longer addresses and other flags`() throws {
        let filter = try LegacyBytes.table("ip6 filter")
        let rules = filter.rules(of: "FORWARD")
        let network: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 12)
        let device: [UInt8] =
            [0x20, 0x01, 0x0d, 0xb8, 0, 7] + [UInt8](repeating: 0, count: 9)
            + [0x10]
        #expect(
            rules.first == [
                load(8, 16), mask([UInt8](repeating: 255, count: 4) + network.suffix(12)),
                equal(network), load(24, 16), differs(device), .meta(key: 16, register: 1),
                differs([17]), .verdict(.goto("other")),
            ])
        #expect(
            rules.last == [
                .meta(key: 6, register: 1), equal(prefix("eth")), .verdict(.jump("other")),
            ])
        #expect(filter.rules(of: "other") == [[.verdict(.drop)]])
    }

    @Test func `a table whose place among the hooks is not known is refused`() throws {
        let known = try LegacyBytes.named("ip filter")
        let name = LegacyTableName(.ip, "broute")
        #expect(LegacyTable(name, info: known.info, entries: known.entries) == nil)
        #expect(LegacyTable(known.name, info: [], entries: known.entries) == nil)
        #expect(LegacyTable(known.name, info: known.info, entries: []) == nil)
    }

    @Test(arguments: Seed.batch(300))
    func `damaged bytes are read or refused, never a trap`(seed: Seed) {
        var gen = Gen(seed)
        for var bytes in LegacyBytes.all {
            for _ in 0..<gen.int(1...8) {
                let value = gen.oneIn(2) ? UInt8(gen.int(0...255)) : gen.pick([0, 1, 0x98, 0xff])
                if gen.oneIn(6) {
                    bytes.info[gen.int(32...83)] = value
                } else {
                    bytes.entries[gen.int(0...bytes.entries.count - 1)] = value
                }
            }
            if gen.oneIn(5) {
                bytes.entries.removeLast(gen.int(0...bytes.entries.count))
            }
            guard let table = bytes.table else { continue }
            // What is read has an end for every chain that begins.
            let names = table.chains.map(\.name)
            #expect(table.rules.allSatisfy { names.contains($0.chain) })
        }
    }
}

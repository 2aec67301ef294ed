import Addressing
import Forwarding
import Netfilter
import Netlink
import TestKit
import Testing

/// Random rules of others, and hundreds of packets: the kernel does what was predicted.
@Suite struct `Rules of others and the kernel` {
    private static let rounds = 14
    private static let packets = 24

    @Test(arguments: Seed.batch(3))
    func `agree on every packet that is predicted for certain`(seed: Seed) async throws {
        try await agree(seed) { cases, gateway in
            let script = cases.ruleset()
            try gateway.load(nft: script)
            return script
        }
    }

    @Test(arguments: Seed.batch(3))
    func `agree on those of the old iptables module, too`(seed: Seed) async throws {
        try await agree(seed) { cases, gateway in
            let script = cases.legacyRuleset()
            try gateway.load(legacy: script, flush: true)
            return script
        }
    }

    private func agree(
        _ seed: Seed, loading: (inout ForeignCases, Host) throws -> String
    ) async throws {
        try await Lab.with { lab in
            try lab.fallSilent()
            let engine = try await LabEngine.open(on: lab)
            engine.settings.guarded = false
            let forward = Sample.draft("any", .tcpAndUDP, Sample.ports(1000, 1004))
            try engine.carry(engine.numbered([forward]))
            try await lab.warmUp()
            var (cases, sourcePort, tally) = (ForeignCases(seed), UInt16(20000), [String: Int]())
            for _ in 0..<Self.rounds {
                let script = try loading(&cases, lab.gateway)
                let ruleset = try await lab.gateway.foreignRuleset()
                var sent: [Case] = []
                var wires: [Wire] = []
                for _ in 0..<Self.packets {
                    sourcePort += 1
                    let (host, packet, road) = cases.packet(sourcePort)
                    let sender = host == "guest" ? lab.guest : lab.internet
                    let source = Endpoint(packet.source, sourcePort)
                    wires.append(
                        try await Wire.knock(
                            on: sender, packet.transport, from: source, to: packet.destination))
                    sent.append(Case(packet: packet, road: road))
                }
                let wrong = try await lab.disagreements(on: sent, ruleset, &tally)
                #expect(wrong.isEmpty, "\(script)")
                for one in sent { Self.forget(one, &cases, ruleset, script) }
                let idle = try await lab.idleRules(sent, ruleset)
                #expect(idle.isEmpty, "\(script)")
                withExtendedLifetime(wires) {}
            }
            let total = Self.rounds * Self.packets
            #expect(tally["unsure", default: 0] < total / 4, "\(tally)")
            #expect(tally["dropped", default: 0] > total / 20, "\(tally)")
            #expect(tally["passes", default: 0] > total / 20, "\(tally)")
        }
    }

    /// Knowing less makes a prediction open, never another one.
    private static func forget(
        _ one: Case, _ cases: inout ForeignCases, _ ruleset: ForeignRuleset, _ script: String
    ) {
        let whole = ruleset.obstacle(to: one.packet, along: one.road)?.verdict ?? .passes
        let less = cases.forgetful(one.packet)
        let told = ruleset.obstacle(to: less, along: one.road)?.verdict ?? .passes
        guard told.kind != "unsure", whole.kind != "unsure" else { return }
        #expect(told.kind == whole.kind, "\(less)\n\(script)")
    }
}

private struct Case {
    var packet: TracedPacket
    var road: [ForeignHook]
}

extension ForeignVerdict {
    fileprivate var kind: String {
        switch self {
        case .passes: "passes"
        case .dropped: "dropped"
        case .translated: "translated"
        case .unsure: "unsure"
        }
    }
}

extension Lab {
    /// The packets with which something else happened than was predicted, in words.
    fileprivate func disagreements(
        on sent: [Case], _ ruleset: ForeignRuleset,
        _ tally: inout [String: Int]
    ) async throws -> [String] {
        let predicted = sent.map {
            ruleset.obstacle(to: $0.packet, along: $0.road)?.verdict ?? .passes
        }
        for verdict in predicted { tally[verdict.kind, default: 0] += 1 }
        var wrong: [String] = []
        _ = try await eventually(within: 1) {
            let entries = Dictionary(
                try await gateway.conntrack().map { ($0.original.sourcePort, $0) },
                uniquingKeysWith: { first, _ in first })
            wrong = zip(sent, predicted).compactMap { one, verdict in
                let port = one.packet.sourcePort ?? 0
                let seen = Self.seen(entries[port], one.packet)
                guard verdict.kind != "unsure", verdict.kind != seen else { return nil }
                // It was taken away, and met other rules on its new way.
                if verdict.kind == "translated", seen == "dropped" { return nil }
                return "\(one.packet): predicted \(verdict.told), and \(seen) happened"
            }
            return wrong.isEmpty
        }
        return wrong
    }

    private static func seen(_ entry: ConntrackEntry?, _ packet: TracedPacket) -> String {
        guard let entry else { return "dropped" }
        let target = Endpoint(entry.reply.source, entry.reply.sourcePort)
        return target == packet.translation ?? packet.destination ? "passes" : "translated"
    }

    /// Rules that were predicted to drop a packet, and have dropped none.
    fileprivate func idleRules(
        _ sent: [Case], _ ruleset: ForeignRuleset
    ) async throws -> [String] {
        let expected = sent.compactMap { one -> String? in
            guard
                case .dropped(let rule, _)? =
                    ruleset.obstacle(to: one.packet, along: one.road)?.verdict,
                let handle = rule.handle, !rule.table.hasSuffix(LegacyTable.suffix)
            else { return nil }
            return "\(rule.family.name) \(rule.table) \(handle)"
        }
        var idle = Set(expected)
        _ = try await eventually(within: 1) {
            idle.subtract(try droppingRules())
            return idle.isEmpty
        }
        return idle.sorted()
    }

    /// Those whose counter has moved, as family, table and handle.
    private func droppingRules() throws -> Set<String> {
        var (table, found): (String, Set<String>) = ("", [])
        for line in try gateway.shell("nft -a list ruleset").split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "table", words.count > 2 { table = "\(words[1]) \(words[2])" }
            guard let place = words.firstIndex(of: "packets"), words[place + 1] != "0",
                words.contains("drop") || words.contains("reject"), let handle = words.last,
                ["inet other", "ip older"].contains(table)
            else { continue }
            found.insert("\(table) \(handle)")
        }
        return found
    }
}

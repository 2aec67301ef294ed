package import Addressing
package import Netlink

/// Every table of nf_tables in a network but ours, with its chains, rules and sets.
///
/// Families other than `ip`, `ip6` and `inet` have their tables in the list and are not followed.
package struct ForeignRuleset: Hashable, Sendable {
    package var tables: [DumpedTable] = []
    package var chains: [DumpedForeignChain] = []
    /// The rules of each chain, in order.
    package private(set) var rules: [Place: [DumpedRule]] = [:]
    package private(set) var sets: [Place: ForeignSet] = [:]
    /// Numbers of interfaces, for rules that compare those; `lo` is always 1.
    package var interfaceNumbers: [InterfaceName: UInt32] = [:]

    /// A chain or set of one table.
    package struct Place: Hashable, Sendable {
        package var family: NFTablesFamily
        package var table: String
        package var name: String

        package init(_ family: NFTablesFamily, _ table: String, _ name: String) {
            self.family = family
            self.table = table
            self.name = name
        }
    }

    package init() {}

    package mutating func add(_ rule: DumpedRule) {
        rules[Place(rule.family, rule.table, rule.chain), default: []].append(rule)
    }

    package mutating func add(_ set: DumpedSet, _ elements: [DumpedForeignElement]) {
        sets[Place(set.family, set.table, set.name)] = ForeignSet(set, elements)
    }

    /// Tables that may decide on packets and are not followed (`bridge`, `netdev`, `arp`).
    package var unfollowed: [DumpedTable] {
        tables.filter { ![.inet, .ip, .ip6].contains($0.family) }
    }

    /// What happens to the packet at one place.
    ///
    /// The places before it are walked, too, since rules there may mark the packet.
    package func verdict(of packet: TracedPacket, at hook: ForeignHook) -> ForeignVerdict {
        var walk = ChainWalk(self, packet)
        for earlier in hook.earlier(isOwn: packet.inInterface == nil) {
            _ = walk.verdict(at: earlier)
        }
        return walk.verdict(at: hook)
    }

    /// The first place on the packet's road where it does not go on for certain; nil for none.
    package func obstacle(
        to packet: TracedPacket, along road: [ForeignHook]
    ) -> (hook: ForeignHook, verdict: ForeignVerdict)? {
        var walk = ChainWalk(self, packet)
        for hook in road {
            let verdict = walk.verdict(at: hook)
            if !verdict.isCertainlyPassing { return (hook, verdict) }
        }
        return nil
    }

    /// The chains that a packet of the family meets at a hook, in the kernel's order.
    package func chains(at hook: ForeignHook, _ family: AddressFamily) -> [DumpedForeignChain] {
        let dormant = Set(tables.filter(\.isDormant).map { [$0.family.name, $0.name] })
        let own: NFTablesFamily = family == .v4 ? .ip : .ip6
        let found = chains.filter {
            ($0.family == .inet || $0.family == own) && $0.base?.hook == hook.rawValue
                && !dormant.contains([$0.family.name, $0.table])
        }
        let ages = Dictionary(
            tables.map { ([$0.family.name, $0.name], $0.handle) }, uniquingKeysWith: { $1 })
        // Among equals the newest comes first.
        func order(_ chain: DumpedForeignChain) -> [Int64] {
            let own = Int64(chain.base?.priority ?? 0)
            let table = ages[[chain.family.name, chain.table]] ?? 0
            return [
                Int64(chain.effectivePriority(at: hook)), own, -Int64(clamping: table),
                -Int64(clamping: chain.handle),
            ]
        }
        return found.sorted { order($0).lexicographicallyPrecedes(order($1)) }
    }

    func rules(of chain: String, in table: DumpedForeignChain) -> [DumpedRule] {
        rules[Place(table.family, table.table, chain)] ?? []
    }
}

extension DumpedForeignChain {
    /// Chains of type `nat` run where the kernel translates; their priority orders them only among
    /// themselves (net/netfilter/nf_nat_proto.c).
    func effectivePriority(at hook: ForeignHook) -> Int32 {
        isNAT ? hook.natPriority : base?.priority ?? 0
    }

    var isNAT: Bool { base?.type == "nat" }
}

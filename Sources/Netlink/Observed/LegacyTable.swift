/// A table of iptables' own kernel module (`ip_tables`, `ip6_tables`) as the values that stand for
/// tables of nf_tables.
///
/// To the kernel a table is one run of entries. A built-in chain begins at a hook's entry, and ends
/// with one more entry that is its policy, at the hook's underflow. A chain of the user begins behind
/// an entry whose target is `ERROR` with the chain's name, and ends with a return; one last `ERROR`
/// ends the table. A jump is the number of bytes from the table's start to the first rule of the chain
/// (net/ipv4/netfilter/ip_tables.c, `translate_table`).
///
/// Matches and targets have the structures that iptables on nf_tables has, too. Rules have the numbers
/// that `iptables-legacy -D CHAIN NUMBER` takes as their handles.
package struct LegacyTable: Hashable, Sendable {
    package let table: DumpedTable
    package private(set) var chains: [DumpedForeignChain] = []
    package private(set) var rules: [DumpedRule] = []

    /// Behind the name of such a table: nf_tables may have one of the same name.
    package static let suffix = " (legacy)"

    /// Reads what the kernel tells of a table.
    ///
    /// Nil for bytes that are no table, and for one whose place among the hooks is not known.
    ///
    /// - Parameters:
    ///   - info: `struct ipt_getinfo`, 84 bytes.
    ///   - entries: what follows the head of `struct ipt_get_entries`.
    package init?(_ name: LegacyTableName, info: [UInt8], entries: [UInt8]) {
        guard let hooks = LegacyHook.all(of: name.name, in: info) else { return nil }
        table = DumpedTable(family: name.family, name: name.name + Self.suffix)
        let layout = name.family == .ip6 ? LegacyLayout.v6 : .v4
        guard let found = Self.entries(layout, in: entries),
            hooks.allSatisfy({ hook in
                found.contains { $0.start == hook.start } && hook.start <= hook.policy
                    && found.contains { $0.start == hook.policy }
            })
        else { return nil }
        take(found, hooks)
        // A chain that another begins in has no end.
        guard chains.count(where: { $0.base != nil }) == hooks.count else { return nil }
    }

    private typealias Placed = (start: Int, entry: LegacyEntry)

    private static func entries(_ layout: LegacyLayout, in bytes: [UInt8]) -> [Placed]? {
        var (start, found): (Int, [Placed]) = (0, [])
        while start < bytes.count {
            guard let entry = LegacyEntry(layout, in: bytes, at: start) else { return nil }
            found.append((start, entry))
            start += entry.length
        }
        return found
    }

    private mutating func take(_ entries: [Placed], _ hooks: [LegacyHook]) {
        let names = Self.chains(in: entries)
        var (chain, number): (String?, UInt64) = (nil, 0)
        for (start, entry) in entries {
            if let hook = hooks.first(where: { $0.start == start }) {
                (chain, number) = (hook.name, 0)
            } else if entry.target.name == Self.head {
                (chain, number) = (names[start + entry.length], 0)
                chain.map { add($0, nil) }
                continue
            }
            guard let open = chain else { continue }
            if let hook = hooks.first(where: { $0.policy == start && $0.name == open }) {
                add(open, hook.base(drops: Self.verdict(entry, start, names) == .drop))
                chain = nil
                continue
            }
            number += 1
            rules.append(
                DumpedRule(
                    table.family, table.name, open, handle: number,
                    entry.conditions + Self.action(entry, start, names)))
        }
        dropReturns()
    }

    private mutating func add(_ chain: String, _ base: DumpedForeignChain.Base?) {
        chains.append(DumpedForeignChain(table.family, table.name, chain, base: base))
    }

    private static let head = "ERROR"

    /// The chains of the user by where their first rule begins.
    private static func chains(in entries: [Placed]) -> [Int: String] {
        var names: [Int: String] = [:]
        for (start, entry) in entries.dropLast() where entry.target.name == head {
            let name = entry.target.info.prefix { $0 != 0 }
            names[start + entry.length] = String(decoding: name, as: UTF8.self)
        }
        return names
    }

    private static func action(
        _ entry: LegacyEntry, _ start: Int, _ names: [Int: String]
    ) -> [DumpedExpression] {
        guard entry.target.name.isEmpty else { return [.target(entry.target)] }
        let verdict = verdict(entry, start, names)
        return verdict == .continue ? [] : [.verdict(verdict)]
    }

    /// A negative number is one less than a verdict's, negated; -5 is a return (`XT_RETURN`).
    private static func verdict(
        _ entry: LegacyEntry, _ start: Int, _ names: [Int: String]
    ) -> DumpedVerdict {
        guard entry.target.name.isEmpty, entry.target.info.count >= 4 else { return .unknown(0) }
        let number = Int32(bitPattern: entry.target.info.host32(0))
        switch number {
        case -1: return .drop
        case -2: return .accept
        case -5: return .return
        case ..<0: return -(number + 1) & 0xff == 3 ? .queue : .unknown(number)
        case Int32(clamping: start + entry.length) where !entry.isGoto: return .continue
        default:
            guard let chain = names[Int(number)] else { return .unknown(number) }
            return entry.isGoto ? .goto(chain) : .jump(chain)
        }
    }

    /// The return that every chain of the user ends with is nobody's rule.
    private mutating func dropReturns() {
        let own = Set(chains.filter { $0.base == nil }.map(\.name))
        var seen: Set<String> = []
        var kept: [DumpedRule] = []
        for rule in rules.reversed() {
            let isLast = own.contains(rule.chain) && seen.insert(rule.chain).inserted
            if !isLast || rule.expressions != [.verdict(.return)] { kept.append(rule) }
        }
        rules = kept.reversed()
    }
}

/// Which table of the module.
package struct LegacyTableName: Hashable, Sendable, CustomStringConvertible {
    /// `ip` or `ip6`.
    package let family: NFTablesFamily
    package let name: String

    package init(_ family: NFTablesFamily, _ name: String) {
        self.family = family
        self.name = name
    }

    /// `ip filter`.
    package var description: String { "\(family.name) \(name)" }
}

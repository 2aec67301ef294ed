import LinuxKit
package import Netlink

// Tables of iptables' own module hang into the same hooks as chains of nf_tables. Among chains of one
// priority the kernel asks the one first that came last; when a legacy table came is not to be known,
// and it is taken to be the oldest. A drop of either is a drop, so only marks could tell.
extension ForeignRuleset {
    /// Adds those in the network of the calling thread.
    ///
    /// - Returns: those that could not be read, as `ip filter`.
    package mutating func addLegacyTables() -> [String] {
        LegacyTables.present().filter { name in
            guard let found = try? LegacyTables.contents(of: name),
                let table = LegacyTable(name, info: found.info, entries: found.entries)
            else { return true }
            add(table)
            return false
        }.map(\.description)
    }

    package mutating func add(_ legacy: LegacyTable) {
        tables.append(legacy.table)
        chains += legacy.chains
        for rule in legacy.rules { add(rule) }
    }
}

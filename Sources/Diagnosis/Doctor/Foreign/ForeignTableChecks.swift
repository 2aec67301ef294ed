import Netfilter
import Netlink

/// Tables of others as such: what they open, and what they do that no rule of ours can see.
enum ForeignTableChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        offload(seen.foreign) + published(seen.foreign) + legacy(seen) + unfollowed(seen.foreign)
    }

    /// Flows that are handed to a fast path pass no rules any more.
    private static func offload(_ ruleset: ForeignRuleset) -> [Finding] {
        let rules = ruleset.rules.values.joined().filter {
            $0.expressions.contains(.unknown("flow_offload"))
        }
        return rules.prefix(1).map { rule in
            let reference = RuleReference(rule, ruleset)
            return Finding(
                "flow-offload", .warning, reference.place,
                what: "a rule in \(reference.place) hands flows to a fast path (flow offload)",
                why: "packets of such flows pass no rule: forwards do not count them, leases do not"
                    + " end them, and some drivers break translated flows",
                remedy:
                    "leave flows of forwards out of it: put \"ct mark and 0xffff00 == 0\" before"
                    + " \"flow add\"")
        }
    }

    private static let mostShown = 8

    /// Ports that others open: Docker's go past ufw and past our guard's knowledge of forwards.
    private static func published(_ ruleset: ForeignRuleset) -> [Finding] {
        let chains = ruleset.chains.filter { $0.base?.type == "nat" }
        let tables = Set(chains.map { [$0.family.name, $0.table] })
        let texts = ruleset.rules.filter { tables.contains([$0.key.family.name, $0.key.table]) }
            .sorted { ($0.key.table, $0.key.name) < ($1.key.table, $1.key.name) }
            .flatMap { $0.value.map { RuleReference($0, ruleset) } }
            .filter { $0.text.contains("dnat to ") || $0.text.contains("redirect to ") }
        guard let first = texts.first else { return [] }
        let owners = Set(texts.map { $0.owner(in: ruleset) }).sorted()
        return [
            Finding(
                "foreign-published", .note, first.place,
                what: "\(Observations.list(owners)) \(owners.count == 1 ? "sends" : "send") ports"
                    + " elsewhere, past any firewall of the gateway: "
                    + Observations.list(texts.map(\.text), most: mostShown),
                why: "what is published there can be reached from every network that may be routed;"
                    + " with the guard on, from a WAN it cannot",
                remedy: "publish at 127.0.0.1 or a LAN address what only the house should see, and"
                    + " open to the internet by a forward")
        ]
    }

    private static func legacy(_ seen: Observations) -> [Finding] {
        guard !seen.unreadLegacyTables.isEmpty else { return [] }
        return [
            Finding(
                "legacy-tables", .note,
                what: "tables of iptables-legacy could not be read:"
                    + " \(Observations.list(seen.unreadLegacyTables))",
                why: "they filter beside nf_tables: a drop in them does not show here",
                remedy: "look at them: iptables-legacy-save; move to iptables-nft")
        ]
    }

    private static func unfollowed(_ ruleset: ForeignRuleset) -> [Finding] {
        let names = ruleset.unfollowed.map { "\($0.family.name) \($0.name)" }.sorted()
        guard !names.isEmpty else { return [] }
        return [
            Finding(
                "tables-not-followed", .note,
                what:
                    "tables that see packets earlier are not followed: \(Observations.list(names))",
                why: "what they drop does not show here",
                remedy: "look at them: nft list ruleset")
        ]
    }
}

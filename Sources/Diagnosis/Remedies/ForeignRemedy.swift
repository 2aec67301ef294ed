package import Addressing
package import Netfilter
import Netlink

/// What to type so that another program's rules let a forward's packets by.
///
/// A drop is final in whichever table it stands, so the exception has to be made where the drop is
/// (net/netfilter/core.c); which tool keeps it there is told by the names of the tables and chains.
package struct ForeignRemedy: Hashable, Sendable {
    package var owner: Owner
    /// One line each, in the order in which they are to be typed.
    package var commands: [String]

    /// Whose rules they are.
    package enum Owner: String, Hashable, Sendable {
        case docker = "Docker"
        case ufw
        case firewalld
        case libvirt
        case iptables
        case nftables
    }

    /// - Parameters:
    ///   - rule: what drops.
    ///   - chains: the names of the chains in the rule's table, which tell whose a policy is.
    ///   - target: where the packets go at the place of the rule: behind the translation in a
    ///     forward chain, before it in a prerouting chain.
    ///   - transport: nil for whatever goes to the address.
    ///   - hook: where the rule is met; tools keep what goes to the gateway itself elsewhere.
    package init(
        for rule: RuleReference, among chains: Set<String> = [], to target: Endpoint,
        _ transport: TransportProtocol?, at hook: ForeignHook? = nil
    ) {
        let isInput = hook == .input
        let exception = Exception(
            rule: rule, target: target, transport: transport, isInput: isInput)
        owner = Self.owner(of: rule, chains, isInput: isInput)
        commands = isInput ? exception.inputCommands(owner) : exception.commands(owner)
    }

    private static func owner(
        of rule: RuleReference, _ chains: Set<String>, isInput: Bool
    ) -> Owner {
        if rule.table.hasPrefix("firewalld") { return .firewalld }
        guard rule.isOfIPTables(among: chains) else {
            return rule.table.hasPrefix("libvirt") ? .libvirt : .nftables
        }
        // Docker keeps nothing at INPUT, and libvirt only accepts there.
        let isForeign = { (chain: String) in
            chain.hasPrefix("DOCKER") || chain.hasPrefix("LIBVIRT_")
        }
        let others = chains.filter { !isInput || !isForeign($0) }
        for chain in [rule.chain] + others.sorted() {
            if chain.hasPrefix("DOCKER") { return .docker }
            if chain.hasPrefix("LIBVIRT_") { return .libvirt }
            // What others put into FORWARD comes before the chains of ufw.
            let isBefore = rule.handle != nil && !rule.chain.hasPrefix("ufw")
            if chain.hasPrefix("ufw"), !isBefore { return .ufw }
        }
        return .iptables
    }
}

extension RuleReference {
    /// Whether the tools of iptables read and write it, seen from the names of its table's chains.
    package func isOfIPTables(among chains: Set<String>) -> Bool {
        let tables: Set = ["filter", "nat", "mangle", "raw", "security"]
        let base: Set = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]
        guard !isLegacy else { return true }
        return (family == .ip || family == .ip6) && tables.contains(table)
            && !base.isDisjoint(with: chains.union([chain]))
    }

    /// Whether it stands in a table of iptables' own kernel module.
    package var isLegacy: Bool { table.hasSuffix(LegacyTable.suffix) }

    /// How the tools of iptables name its table.
    var toolTable: String {
        isLegacy ? String(table.dropLast(LegacyTable.suffix.count)) : table
    }
}

/// The exception in the words of each tool.
private struct Exception {
    var rule: RuleReference
    var target: Endpoint
    var transport: TransportProtocol?
    /// Whether the packets go to the gateway itself.
    var isInput: Bool

    private var address: String { "\(target.address)" }
    private var isV4: Bool { target.address.family == .v4 }

    func commands(_ owner: ForeignRemedy.Owner) -> [String] {
        switch owner {
        case .docker: iptables(in: "DOCKER-USER")
        case .ufw where transport != .sctp:
            // An explicit rule of ufw is only beaten by one before it.
            [
                "ufw route \(rule.handle == nil ? "" : "prepend ")allow"
                    + (transport.map { " proto \($0.name)" } ?? "") + " to \(address)"
                    + (transport == nil ? "" : " port \(target.port)")
            ]
        case .ufw, .iptables: iptables(in: rule.chain)
        case .firewalld: firewalld
        // Its chains are jumped to from the head of FORWARD.
        case .libvirt where rule.chain.hasPrefix("LIBVIRT_"): iptables(in: "FORWARD")
        case .libvirt where rule.chain == "FORWARD": iptables(in: "FORWARD")
        case .libvirt, .nftables: nft
        }
    }

    /// For what goes to the gateway itself.
    func inputCommands(_ owner: ForeignRemedy.Owner) -> [String] {
        switch owner {
        case .ufw where transport != .sctp:
            [
                "ufw \(rule.handle == nil ? "" : "prepend ")allow "
                    + (transport.map { "\(target.port)/\($0.name)" } ?? "to \(address)")
            ]
        case .firewalld: firewalld
        case .libvirt where rule.chain.hasPrefix("LIBVIRT_"): iptables(in: "INPUT")
        case .docker, .ufw, .iptables: iptables(in: "INPUT")
        case .libvirt, .nftables: nft
        }
    }

    /// There and back: a policy drops the answers, too.
    private func iptables(in chain: String) -> [String] {
        let program = (isV4 ? "iptables" : "ip6tables") + (rule.isLegacy ? "-legacy" : "")
        let name = rule.toolTable
        let insert = program + (name == "filter" ? "" : " -t \(name)") + " -I \(chain)"
        func port(_ option: String) -> String {
            transport.map { " -p \($0.name) --\(option) \(target.port)" } ?? ""
        }
        let there = "\(insert) -d \(address)\(port("dport")) -j ACCEPT"
        // Answers of the gateway itself do not pass INPUT.
        guard !isInput else { return [there] }
        return [
            there,
            "\(insert) -s \(address)\(port("sport")) -m conntrack --ctstate ESTABLISHED"
                + " -j ACCEPT",
        ]
    }

    private var firewalld: [String] {
        // firewalld takes no policy whose egress is both the host and other zones.
        let name = isInput ? "portcullis-host" : "portcullis"
        let policy = "firewall-cmd --permanent --policy \(name)"
        let family = isV4 ? "ipv4" : "ipv6"
        return [
            "firewall-cmd --permanent --new-policy \(name)",
            "\(policy) --add-ingress-zone ANY",
            "\(policy) --add-egress-zone \(isInput ? "HOST" : "ANY")",
            "\(policy) --add-rich-rule 'rule family=\"\(family)\" destination address=\"\(address)\""
                + (transport.map {
                    " port port=\"\(target.port)\" protocol=\"\($0.name)\""
                } ?? "") + " accept'",
            "firewall-cmd --reload",
        ]
    }

    private var nft: [String] {
        let insert = "nft insert rule \(rule.family.name) \(rule.table) \(rule.chain)"
        let ip = isV4 ? "ip" : "ip6"
        func port(_ key: String) -> String {
            transport.map { " \($0.name) \(key) \(target.port)" } ?? ""
        }
        let there = "\(insert) \(ip) daddr \(address)\(port("dport")) accept"
        guard !isInput else { return [there] }
        return [
            there,
            "\(insert) \(ip) saddr \(address)\(port("sport")) ct state established accept",
        ]
    }
}

extension ForeignRuleset {
    /// The chains beside a rule, by which its owner is known.
    package func chains(beside rule: RuleReference) -> Set<String> {
        Set(chains.filter { $0.family == rule.family && $0.table == rule.table }.map(\.name))
    }
}

import Addressing
import Forwarding

/// The chains of one table of a packet filter, followed from where packets come in.
struct Ruleset {
    private(set) var chains: [String: RuleChain] = [:]
    private(set) var order: [String] = []
    private var visited: Set<Int> = []
    /// How many rules are still followed: chains that jump to each other multiply.
    private var steps = 200_000

    mutating func chain(_ name: String, hook: RuleChain.Hook?, type: String) {
        guard chains[name] == nil else { return }
        chains[name] = RuleChain(name: name, hook: hook, type: type)
        order.append(name)
    }

    mutating func append(_ rule: FilterRule, to chain: String) {
        chains[chain]?.rules.append(rule)
    }

    /// Carries every rule over or remarks on it.
    mutating func carry(into carriage: inout Carriage) {
        let hooked = order.compactMap { chains[$0] }.filter { $0.hook != nil }
        let wayIn = hooked.filter { $0.hook == .prerouting } + hooked.filter { $0.hook == .forward }
        for chain in wayIn { follow(chain, chain, RuleMatch(), [chain.name], &carriage) }
        for chain in hooked where chain.hook != .prerouting && chain.hook != .forward {
            follow(chain, chain, RuleMatch(), [chain.name], &carriage)
        }
        for chain in order.compactMap({ chains[$0] }) {
            for rule in chain.rules where !visited.contains(rule.line.number) {
                carriage.remark(rule.line, .unreachedChain(chain.name))
            }
        }
    }

    private mutating func follow(
        _ chain: RuleChain, _ base: RuleChain, _ outer: RuleMatch, _ path: [String],
        _ carriage: inout Carriage
    ) {
        for rule in chain.rules {
            guard steps > 0 else { return }
            steps -= 1
            let isFirst = visited.insert(rule.line.number).inserted
            if case .jump(let name) = rule.action, let next = chains[name], next.hook == nil {
                guard path.count < 16, !path.contains(name) else { continue }
                follow(next, base, outer.merged(with: rule.match), path + [name], &carriage)
                continue
            }
            // Rules that the way in has led to already are not told of again.
            guard isFirst || base.hook == .prerouting else { continue }
            judge(rule, outer.merged(with: rule.match), base, &carriage)
        }
    }

    private func judge(
        _ rule: FilterRule, _ match: RuleMatch, _ base: RuleChain, _ carriage: inout Carriage
    ) {
        if rule.action == .unreadable { return carriage.remark(rule.line, .unreadable) }
        if rule.action == .sourceNAT { return carriage.remark(rule.line, .sourceNAT) }
        switch base.hook {
        case .prerouting where base.type == "nat":
            RuleCarrier(line: rule.line, match: match).carry(rule.action, &carriage)
        case .forward where rule.action == .accept:
            RuleCarrier(line: rule.line, match: match).carryPinhole(&carriage)
        case .forward: carriage.remark(rule.line, .forwardRule)
        case .output where base.type == "nat": carriage.remark(rule.line, .gatewayNAT)
        case .input, .output: carriage.remark(rule.line, .gatewayRule)
        default: carriage.remark(rule.line, .otherTable(base.type))
        }
    }
}

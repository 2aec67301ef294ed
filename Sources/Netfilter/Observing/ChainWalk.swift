import Addressing
import Netlink

/// Takes a packet through the chains of others, as `nft_do_chain` does.
struct ChainWalk {
    private let ruleset: ForeignRuleset
    private let packet: TracedPacket
    private var changes: PacketChanges
    private var doubts: [ForeignVerdict.Doubt] = []
    /// How many rules may still be looked at: a bound for rulesets that are made to have none.
    private var budget = 0

    init(_ ruleset: ForeignRuleset, _ packet: TracedPacket) {
        self.ruleset = ruleset
        self.packet = packet
        changes = PacketChanges(packet)
    }

    /// How a chain was left.
    private enum End {
        /// At its last rule, or by `return`.
        case through
        case accepted
        case ended(ForeignVerdict)
        /// What happens is recorded as a doubt.
        case unforeseen
    }

    private static let most = 300_000
    /// The kernel itself goes 16 jumps deep.
    private static let deepest = 32

    /// Our own table's place among the translations.
    private static let ownTranslation: Int32 = -105

    mutating func verdict(at hook: ForeignHook) -> ForeignVerdict {
        doubts = []
        budget = Self.most
        for chain in ruleset.chains(at: hook, packet.destination.address.family) {
            guard let turn = turn(of: chain, at: hook) else { continue }
            let end = walk(base: chain, at: hook, isCertain: turn)
            if chain.isNAT, hook == .postrouting, packet.translation != nil {
                // Our table may have replaced the sender, too.
                changes.isSourceOpen = true
            }
            guard turn, case .ended(let verdict) = end else { continue }
            return summary(verdict)
        }
        return summary(.passes)
    }

    /// Whether the kernel asks the chain for certain; nil when it does not.
    ///
    /// Chains of type `nat` are asked for first packets, until one of them has translated.
    private func turn(of chain: DumpedForeignChain, at hook: ForeignHook) -> Bool? {
        guard chain.isNAT else { return true }
        guard packet.state == .new, changes.isUntracked != .yes else { return nil }
        guard hook.isEntrance else { return changes.isUntracked == .no }
        let priority = chain.base?.priority ?? 0
        if packet.translation != nil, priority > Self.ownTranslation { return nil }
        let isTie = packet.translation != nil && priority == Self.ownTranslation
        return !isTie && changes.isUntracked == .no
    }

    /// Doubts that would make no difference are left out.
    private func summary(_ verdict: ForeignVerdict) -> ForeignVerdict {
        let telling = doubts.filter { $0.outcome.map { !$0.isLike(verdict) } ?? true }
        return telling.isEmpty ? verdict : .unsure(because: telling, otherwise: verdict)
    }

    private mutating func walk(
        base chain: DumpedForeignChain, at hook: ForeignHook, isCertain: Bool
    ) -> End {
        let before = doubts.count
        let view = PacketView(
            packet: packet, hook: hook, priority: chain.effectivePriority(at: hook),
            isNAT: chain.isNAT, changes: changes, interfaceNumbers: ruleset.interfaceNumbers)
        var walk = Steps(base: chain, view: view)
        var end = follow(chain.name, &walk, isCertain: isCertain, depth: 0)
        if case .through = end, chain.base?.dropsByPolicy == true {
            end = .ended(.dropped(by: RuleReference(policyOf: chain), kind: .policy))
        }
        changes = walk.view.changes
        guard isCertain else {
            if case .ended(let verdict) = end {
                let tie = ForeignVerdict.Doubt(
                    rule: RuleReference(policyOf: chain), reason: .notKnown("order"),
                    outcome: verdict)
                doubts.append(tie)
            }
            return .through
        }
        // A rule that perhaps lets the packet out of this chain tells only if the chain ends it.
        if case .ended = end { return end }
        let own = doubts[before...].filter { $0.outcome != .passes }
        doubts.replaceSubrange(before..., with: own)
        return end
    }

    /// The base chain that is walked, and the packet as it is there.
    private struct Steps {
        let base: DumpedForeignChain
        var view: PacketView
    }

    private mutating func follow(
        _ chain: String, _ steps: inout Steps, isCertain: Bool, depth: Int
    ) -> End {
        guard budget > 0 else { return .unforeseen }
        var left: Leaving?
        for rule in ruleset.rules(of: chain, in: steps.base) {
            budget -= 1
            guard budget > 0, depth < Self.deepest else {
                // Nothing is followed any more.
                budget = 0
                record(nil, .tooDeep, at: reference(rule))
                return .unforeseen
            }
            let isReached = isCertain && left == nil
            let evaluation = RuleEvaluation(rule, steps.view, ruleset, isCertain: isReached)
            steps.view.changes = evaluation.view.changes
            for branch in evaluation.branches {
                let isSure = isReached && branch.doubt == nil
                guard let end = act(branch.action, rule, &steps, isCertain: isSure, depth: depth)
                else { continue }
                if let doubt = branch.doubt {
                    if case .through = end { left = left ?? Leaving(rule: rule, reason: doubt) }
                    record(end, doubt, at: rule)
                } else if let left {
                    record(end, left.reason, at: left.rule)
                    return .through
                } else {
                    return end
                }
            }
        }
        return .through
    }

    /// A rule by which the packet perhaps left a chain: what follows there is perhaps not reached.
    private struct Leaving {
        var rule: DumpedRule
        var reason: ForeignVerdict.Reason
    }

    private func reference(_ rule: DumpedRule) -> RuleReference { RuleReference(rule, ruleset) }

    /// - Returns: nil when the next rule of the chain follows.
    private mutating func act(
        _ action: RuleAction, _ rule: DumpedRule, _ steps: inout Steps, isCertain: Bool,
        depth: Int
    ) -> End? {
        switch action {
        case .accept: return .accepted
        case .drop(let kind): return .ended(.dropped(by: reference(rule), kind: kind))
        case .leave: return .through
        case .translate(let target):
            guard steps.view.hook.isEntrance else { return .accepted }
            return .ended(.translated(by: reference(rule), to: target))
        case .rewriteSource:
            if steps.view.hook == .postrouting { steps.view.changes.isSourceOpen = true }
            return .accepted
        case .unforeseen(let reason):
            record(nil, reason, at: reference(rule))
            return isCertain ? .unforeseen : nil
        case .goto(let chain):
            return follow(chain, &steps, isCertain: isCertain, depth: depth + 1)
        case .jump(let chain):
            let end = follow(chain, &steps, isCertain: isCertain, depth: depth + 1)
            if case .through = end { return nil }
            return end
        }
    }

    private mutating func record(
        _ outcome: ForeignVerdict?, _ reason: ForeignVerdict.Reason, at rule: RuleReference
    ) {
        doubts.append(ForeignVerdict.Doubt(rule: rule, reason: reason, outcome: outcome))
    }

    private mutating func record(
        _ end: End, _ reason: ForeignVerdict.Reason, at rule: DumpedRule
    ) {
        switch end {
        case .through, .unforeseen: break
        case .accepted: record(.passes, reason, at: reference(rule))
        case .ended(let verdict): record(verdict, reason, at: reference(rule))
        }
    }
}

extension ForeignVerdict {
    /// Whether both let the packet go on, or both end it, or both send it elsewhere.
    fileprivate func isLike(_ other: ForeignVerdict) -> Bool {
        switch (self, other) {
        case (.passes, .passes), (.dropped, .dropped), (.translated, .translated): true
        default: false
        }
    }
}

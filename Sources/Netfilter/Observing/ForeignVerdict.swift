package import Addressing
package import Netlink

/// What the tables of others do to a packet at one place.
package indirect enum ForeignVerdict: Hashable, Sendable {
    case passes
    case dropped(by: RuleReference, kind: DropKind)
    /// A rule of another sends it elsewhere before ours can; nil where that is not known.
    case translated(by: RuleReference, to: ForeignTarget)
    /// It hangs on what these rules ask, and that is not known. `otherwise` is what happens when
    /// none of
    /// them decides.
    case unsure(because: [Doubt], otherwise: ForeignVerdict)

    package enum DropKind: Hashable, Sendable {
        case drop, reject
        /// No rule had decided, and the chain drops then.
        case policy
    }

    /// A rule that could not be followed to its end.
    package struct Doubt: Hashable, Sendable {
        package var rule: RuleReference
        package var reason: Reason
        /// What would come of it; nil when that is open, too.
        package var outcome: ForeignVerdict?
    }

    package enum Reason: Hashable, Sendable {
        /// A part of the rule is not understood: its name.
        case notUnderstood(String)
        /// It asks for what is not known of the packet.
        case notKnown(String)
        /// A program, or another part of the kernel, decides.
        case decidedElsewhere(String)
        /// There is no end to the jumps.
        case tooDeep
    }

    /// Whether the packet goes on for certain.
    package var isCertainlyPassing: Bool { self == .passes }
}

package enum ForeignTarget: Hashable, Sendable {
    /// Parts that are nil stay as they are, or are not known.
    case place(IPAddress?, UInt16?)
    /// A program on the gateway.
    case gateway(UInt16?)
}

/// A rule, or the policy of a chain, of some table.
package struct RuleReference: Hashable, Sendable {
    package var family: NFTablesFamily
    package var table: String
    package var chain: String
    /// Nil for the policy.
    package var handle: UInt64?
    /// The rule, about as `nft` would write it.
    package var text: String
    package var comment: String?

    package init(
        family: NFTablesFamily, table: String, chain: String, handle: UInt64?, text: String,
        comment: String?
    ) {
        self.family = family
        self.table = table
        self.chain = chain
        self.handle = handle
        self.text = text
        self.comment = comment
    }
}

extension RuleReference {
    package init(_ rule: DumpedRule, _ ruleset: ForeignRuleset) {
        self.init(
            family: rule.family, table: rule.table, chain: rule.chain, handle: rule.handle,
            text: RuleText.text(of: rule, in: ruleset), comment: rule.comment)
    }

    init(policyOf chain: DumpedForeignChain) {
        let policy = chain.base?.dropsByPolicy == true ? "drop" : "accept"
        self.init(
            family: chain.family, table: chain.table, chain: chain.name, handle: nil,
            text: "policy \(policy)", comment: nil)
    }
}

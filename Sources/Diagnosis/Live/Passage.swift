package import Addressing
package import Netfilter
package import Netlink

/// What one base chain did to a packet, as the kernel reported it.
package struct Passage: Hashable, Sendable {
    package var hook: ForeignHook?
    /// Table and chain, as `ip filter FORWARD`.
    package var place: String
    package var family: NFTablesFamily
    package var table: String
    package var isOurs: Bool
    /// What dropped it; nil when it went on.
    package var drop: RuleReference?
    /// The rules that matched, in their order.
    package var matched: [String] = []
    /// Where the packet was going when it came to the chain.
    package var destination: Endpoint?
    package var outInterface: UInt32?
}

extension Passage {
    /// The way of one packet.
    ///
    /// - Parameter records: those of one number, as they came.
    package static func way(
        _ records: [TraceRecord], _ ruleset: ForeignRuleset, _ own: OwnRules
    ) -> [Passage] {
        var way: [Passage] = []
        for record in records {
            if record.packet != nil || way.isEmpty {
                way.append(Passage(at: record, ruleset, own))
            }
            way[way.count - 1].take(record, ruleset, own)
        }
        return way
    }

    private init(at record: TraceRecord, _ ruleset: ForeignRuleset, _ own: OwnRules) {
        isOurs = OwnRules.has(record)
        hook = isOurs ? own.hook(of: record.chain) : ruleset.hook(of: record)
        family = record.family
        table = record.table
        place = "\(record.family.name) \(record.table) \(record.chain)"
        destination = record.packet?.destination
        outInterface = record.outInterface
    }

    private mutating func take(
        _ record: TraceRecord, _ ruleset: ForeignRuleset, _ own: OwnRules
    ) {
        guard !record.saysNothing else { return }
        let reference = Self.reference(record, ruleset, own)
        // Of others the rule that accepted tells; of ours also how it came there.
        if record.kind == .rule, record.verdict == .accept || isOurs && record.verdict != .continue
        {
            matched.append(reference.words)
        }
        let isDrop = record.kind == .policy ? record.policy == .drop : record.verdict == .drop
        if isDrop { drop = reference }
    }

    private static func reference(
        _ record: TraceRecord, _ ruleset: ForeignRuleset, _ own: OwnRules
    ) -> RuleReference {
        if let rule = ruleset.rule(of: record) { return rule }
        let text =
            record.kind == .policy
            ? "policy \(record.policy == .drop ? "drop" : "accept")"
            : record.handle.flatMap { own.purpose($0) } ?? "a rule that is gone"
        return RuleReference(
            family: record.family, table: record.table, chain: record.chain,
            handle: record.kind == .policy ? nil : record.handle, text: text, comment: nil)
    }
}

/// How a packet's way through the kernel ended.
package enum WayEnd: Hashable, Sendable {
    /// Out of an interface, whose number this is.
    case left(UInt32?)
    /// At a program of the gateway.
    case delivered
    case dropped(by: RuleReference, at: ForeignHook?)
    /// It came no further than this, and no rule says why.
    case lost(after: ForeignHook?)

    /// - Parameter isAnswer: chains of type `nat` see first packets only, ours behind the routing is
    ///   one: an answer may be reported last in a forward chain.
    package init(_ way: [Passage], isAnswer: Bool = false) {
        let exits: Set<ForeignHook?> = isAnswer ? [.forward, .postrouting] : [.postrouting]
        if let last = way.last(where: { $0.drop != nil }), let rule = last.drop {
            self = .dropped(by: rule, at: last.hook)
        } else if let last = way.last(where: { exits.contains($0.hook) }) {
            self = .left(last.outInterface)
        } else if way.contains(where: { $0.hook == .input }) {
            self = .delivered
        } else {
            self = .lost(after: way.last?.hook)
        }
    }
}

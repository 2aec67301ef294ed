import Netlink

/// Chains and sets that come and go with forwards, found by the name of their chain: what is needed
/// is written before the elements that lead to it, and taken away behind them.
struct Part: Hashable {
    var chain: String
    /// Where packets enter it, unless a jump leads to it.
    var hook: ChainDeclaration.Entry?
    var sets: [Piece]
    var rules: [Rule]

    struct Piece: Hashable {
        var declaration: SetDeclaration
        var elements: [SetElement]
    }

    init(_ admission: Admission, _ mask: MarkMask) {
        chain = admission.chain
        sets = admission.sets.map { Piece(declaration: $0.0, elements: $0.1) }
        rules = admission.rules(mask)
    }

    init(_ shift: Shift) {
        chain = shift.chain
        sets = shift.sets.map { Piece(declaration: $0.0, elements: $0.1) }
        rules = shift.rules
    }

    /// Drops what belongs to a lease that is over, of flows that live, too.
    ///
    /// Behind the chains that tag (-199), and there only while some forward has an end: for each
    /// packet it costs a look-up.
    static func lapses(_ mask: MarkMask) -> [Part] {
        let match = Matching(mask: mask)
        let rule = Rule(
            "lease is over",
            match.mark(in: "leased") + match.mark(in: "lease", .lacks) + match.count(in: .denied)
                + [Matching.drop])
        return [("lapsed", NFTables.Hook.prerouting), ("out_lapsed", .output)].map { name, hook in
            Part(chain: name, hook: .init(hook, priority: -198), rules: [rule])
        }
    }

    init(_ limits: FlowLimits, _ mask: MarkMask) {
        chain = limits.chain
        sets = limits.sets(mask).map { Piece(declaration: $0, elements: []) }
        rules = limits.rules(mask)
    }

    static let meterChain = "metered"

    /// Drops what is beyond a month's bytes or a second's: a look-up or two for each packet, so only
    /// while some forward has such a bound.
    static func meters(_ mask: MarkMask) -> [Part] {
        let match = Matching(mask: mask)
        let refuse = match.count(in: .limited) + [Matching.drop]
        let rules = [
            Rule("month", match.mark(in: "budget") + refuse),
            Rule("inwards", Matching.direction(.original) + match.mark(in: "pace_in") + refuse),
            Rule("outwards", Matching.direction(.reply) + match.mark(in: "pace_out") + refuse),
        ]
        return [(meterChain, NFTables.Hook.prerouting), ("out_metered", .output)].map {
            name, hook in
            Part(chain: name, hook: .init(hook, priority: -197), rules: rules)
        }
    }

    /// What a target with an external address of its own sends outside leaves as that address.
    ///
    /// Before the other translations of senders, ours and those of others.
    static func ownAddresses() -> Part {
        let rules = [true, false].map { isV4 in
            Rule(
                "own address",
                Matching.family(isV4) + [
                    .payload(isV4 ? .source4 : .source6, register: 1),
                    .meta(.outInterface, register: isV4 ? 9 : 2),
                    .lookup(set: isV4 ? "source4" : "source6", key: 1, .value(register: 1)),
                    .snat(isV4 ? .ipv4 : .ipv6, address: 1),
                ])
        }
        return Part(
            chain: "own_address", hook: .init(isNAT: true, .postrouting, priority: 94),
            rules: rules)
    }

    private init(chain: String, hook: ChainDeclaration.Entry, rules: [Rule]) {
        self.chain = chain
        self.hook = hook
        self.rules = rules
        sets = []
    }

    func write(to transaction: inout Transaction) {
        for piece in sets {
            transaction.set(piece.declaration)
            for element in piece.elements { transaction.add(element, to: piece.declaration.name) }
        }
        transaction.chain(ChainDeclaration(chain, hook: hook))
        for rule in rules { transaction.rule(rule, in: chain) }
    }

    func delete(from transaction: inout Transaction) {
        transaction.deleteChain(chain)
        for piece in sets { transaction.deleteSet(piece.declaration.name) }
    }
}

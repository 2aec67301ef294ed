import Netlink

/// Writes a rule for people, about as `nft` would; parts that are not understood stand as their
/// names.
struct RuleText {
    private var words: [String] = []
    /// What each register holds, by where it begins.
    private var loads: [Int: Load] = [:]
    /// `tcp` of `tcp dport`: comparisons that a later one may imply.
    private var pending: [(word: String, phrase: String)] = []
    private var transport: String?
    private let rule: DumpedRule
    private let ruleset: ForeignRuleset

    struct Load {
        var phrase: String
        var kind: ValueText.Kind
        var mask: [UInt8]?
    }

    static func text(of rule: DumpedRule, in ruleset: ForeignRuleset) -> String {
        var text = RuleText(rule: rule, ruleset: ruleset)
        for expression in rule.expressions { text.add(expression) }
        text.flush()
        return text.words.joined(separator: " ")
    }

    private init(rule: DumpedRule, ruleset: ForeignRuleset) {
        self.rule = rule
        self.ruleset = ruleset
    }

    private mutating func flush() {
        words += pending.map(\.phrase)
        pending = []
    }

    private mutating func say(_ word: String) {
        flush()
        words.append(word)
    }

    private mutating func load(_ phrase: String, _ kind: ValueText.Kind, _ register: UInt32) {
        loads[Self.place(register)] = Load(phrase: phrase, kind: kind)
    }

    private static func place(_ register: UInt32) -> Int {
        register < 8 ? Int(register) * 16 - 16 : Int(min(register, 100)) * 4 - 32
    }

    private mutating func add(_ expression: DumpedExpression) {
        switch expression {
        case .meta(let key, let register):
            let (phrase, kind) = ValueText.meta(key)
            load(phrase, kind, register)
        case .conntrack(let key, let direction, let register):
            let (phrase, kind) = ValueText.conntrack(key, direction)
            load(phrase, kind, register)
        case .payload(let piece, let register):
            let (phrase, kind, needs) = ValueText.payload(piece, transport: transport)
            pending.removeAll { $0.word == needs }
            load(phrase, kind, register)
        case .fib(let result, let flags, let register):
            let (phrase, kind) = ValueText.fib(result, flags)
            load(phrase, kind, register)
        case .value(let bytes, let register):
            load(ValueText.text(bytes, .plain), .plain, register)
        case .bitwise(let source, let destination, let mask, _):
            loads[Self.place(destination)] = loads[Self.place(source)]
            loads[Self.place(destination)]?.mask = mask
        case .byteOrder(let source, let destination, _, _):
            loads[Self.place(destination)] = loads[Self.place(source)]
        case .compare(let register, let comparison, let bytes):
            compare(register, comparison, bytes)
        case .range(let register, let isInside, let from, let to):
            let load = loads[Self.place(register)] ?? Load(phrase: "register", kind: .plain)
            let bounds = ValueText.text(from, load.kind) + "-" + ValueText.text(to, load.kind)
            say(load.phrase + (isInside ? " " : " != ") + bounds)
        case .lookup(let set, let key, let kind): look(up: key, in: set, kind)
        default:
            if case .match(let match) = expression { pending.removeAll { $0.word == match.name } }
            say(statement(expression))
            // Nobody knows what it left in which register.
            if case .unknown = expression { loads = [:] }
        }
    }

    private mutating func compare(
        _ register: UInt32, _ comparison: DumpedComparison, _ bytes: [UInt8]
    ) {
        let load = loads[Self.place(register)] ?? Load(phrase: "register", kind: .plain)
        let value = ValueText.text(bytes, load.kind, mask: load.mask, comparison)
        let phrase = load.phrase + " " + value
        guard comparison == .equal, load.kind == .transport || load.kind == .family else {
            return say(phrase)
        }
        if load.kind == .transport { transport = value }
        pending.append((value, phrase))
    }

    private mutating func look(up key: UInt32, in name: String, _ kind: DumpedLookup) {
        let set = ruleset.sets[ForeignRuleset.Place(rule.family, rule.table, name)]
        let start = Self.place(key)
        let end = start + max(set?.declaration.keyLength ?? 1, 1)
        let fields = loads.filter { $0.key >= start && $0.key < end }.sorted { $0.key < $1.key }
        let phrase = fields.map(\.value.phrase).joined(separator: " . ")
        let shown = SetText.text(set, name, fields.map { ($0.key - start, $0.value.kind) })
        switch kind {
        case .contains: say("\(phrase) \(shown)")
        case .lacks: say("\(phrase) != \(shown)")
        case .verdict: say("\(phrase) vmap \(shown)")
        case .value(let register):
            flush()
            loads[Self.place(register)] = Load(phrase: "\(phrase) map \(shown)", kind: .plain)
        }
    }

    private func statement(_ expression: DumpedExpression) -> String {
        switch expression {
        case .verdict(let verdict): verdict.text
        case .setMeta(let key, let register): "\(ValueText.meta(key).phrase) set \(held(register))"
        case .setConntrack(let key, let register):
            "\(ValueText.conntrack(key, nil).phrase) set \(held(register))"
        case .writePayload: "payload set"
        case .counter: "counter"
        case .limit: "limit"
        case .log(let prefix): prefix.isEmpty ? "log" : "log prefix \"\(prefix)\""
        case .object(_, let name): "object \"\(name)\""
        case .reject(.reset): "reject with tcp reset"
        case .reject: "reject"
        case .masquerade: "masquerade"
        case .nat(let nat): self.nat(nat)
        case .redirect(let port): port.map { "redirect to :\(number($0))" } ?? "redirect"
        case .notrack: "notrack"
        case .queue: "queue"
        case .match(let match): CompatText.text(match)
        case .target(let target): CompatText.text(target: target)
        case .unknown(let name): name
        default: ""
        }
    }

    private func held(_ register: UInt32) -> String {
        loads[Self.place(register)]?.phrase ?? "?"
    }

    private func number(_ register: UInt32) -> String {
        let bytes = value(register)
        return bytes.count == 2 ? ValueText.text(bytes, .port) : held(register)
    }

    /// The bytes of a value that the rule itself has written.
    private func value(_ register: UInt32) -> [UInt8] {
        for case .value(let bytes, register) in rule.expressions.reversed() { return bytes }
        return []
    }

    private func nat(_ nat: DumpedNAT) -> String {
        let address = nat.address.map { register in
            let bytes = value(register)
            return bytes.isEmpty ? held(register) : ValueText.text(bytes, .address)
        }
        let target = [address ?? "", nat.port.map { ":" + number($0) } ?? ""].joined()
        return (nat.isDestination ? "dnat to " : "snat to ") + target
    }
}

extension DumpedVerdict {
    var text: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .continue: "continue"
        case .break: "break"
        case .return: "return"
        case .queue: "queue"
        case .jump(let chain): "jump \(chain)"
        case .goto(let chain): "goto \(chain)"
        case .unknown(let code): "verdict \(code)"
        }
    }
}

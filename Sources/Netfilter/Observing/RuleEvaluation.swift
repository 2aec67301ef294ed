import Addressing
import Netlink

/// What a rule may decide.
enum RuleAction: Hashable {
    case accept
    case drop(ForeignVerdict.DropKind)
    case leave
    case jump(String)
    case goto(String)
    case translate(ForeignTarget)
    case rewriteSource
    /// Something that is not followed may happen.
    case unforeseen(ForeignVerdict.Reason)
}

/// Follows one rule, expression by expression, for one packet.
///
/// The kernel leaves a rule at the first expression that does not match (`nft_do_chain`). Where
/// that is
/// open the rule is followed as if it matched, and what it decides is marked as open.
struct RuleEvaluation {
    var view: PacketView
    /// What it decides: all but the last are open, and the last is when `isCertain` says no.
    private(set) var branches: [Branch] = []

    private let ruleset: ForeignRuleset
    private let rule: DumpedRule
    let isCertain: Bool
    var registers = RegisterFile()
    /// Why it is open whether the rule has matched so far.
    private(set) var doubt: ForeignVerdict.Reason?

    struct Branch: Hashable {
        var action: RuleAction
        /// Nil when it is certain.
        var doubt: ForeignVerdict.Reason?
    }

    /// `isCertain` is false where the rule is perhaps not reached: then nothing that it sets is.
    init(_ rule: DumpedRule, _ view: PacketView, _ ruleset: ForeignRuleset, isCertain: Bool) {
        self.rule = rule
        self.view = view
        self.ruleset = ruleset
        self.isCertain = isCertain
        for expression in rule.expressions where !follow(expression) { return }
    }

    mutating func decide(_ action: RuleAction) {
        branches.append(Branch(action: action, doubt: doubt))
    }

    mutating func doubt(_ reason: ForeignVerdict.Reason) {
        doubt = doubt ?? reason
    }

    /// - Returns: false when the rule ends here.
    private mutating func follow(_ expression: DumpedExpression) -> Bool {
        switch expression {
        case .meta(let key, let register): return load(view.meta(key), register)
        case .payload(let piece, let register):
            let field = view.payload(
                base: piece.base, offset: piece.offset, length: piece.length)
            return load(field, register)
        case .conntrack(let key, let direction, let register):
            return load(view.conntrack(key, direction: direction), register)
        case .fib(let result, let flags, let register):
            return load(view.fib(result: result, flags: flags), register)
        case .value(let bytes, let register):
            return load(.value(PartlyKnown(bytes)), register)
        case .bitwise(let source, let destination, let mask, let xor):
            let value = registers.value(source, count: mask.count).masked(mask, xor: xor)
            return load(.value(value), destination)
        case .byteOrder(let source, let destination, let length, let size):
            let value = registers.value(source, count: Int(min(length, 64)))
            return load(.value(value.swapped(Int(min(size, 8)))), destination)
        case .compare, .range, .lookup, .match: return test(expression)
        case .setMeta, .setConntrack, .writePayload, .notrack:
            change(by: expression)
            return true
        case .verdict(let verdict): return obey(verdict)
        default: return act(expression)
        }
    }

    private mutating func load(_ field: PacketView.Field, _ register: UInt32) -> Bool {
        switch field {
        case .value(let value, let excluded):
            registers.store(value, in: register, excluding: excluded)
            return true
        case .ends: return false
        case .open(let name):
            // How wide it is is not known either.
            registers.forget()
            doubt(.notKnown(name))
            return true
        }
    }

    // Tests.

    private mutating func test(_ expression: DumpedExpression) -> Bool {
        switch expression {
        case .compare(let register, let comparison, let bytes):
            return go(on: compare(register, comparison, bytes), .notKnown("value"))
        case .range(let register, let isInside, let from, let to):
            let answer = registers.value(register, count: from.count).isWithin(from, to)
            return go(on: isInside ? answer : !answer, .notKnown("value"))
        case .match(let match):
            let understood = CompatMatch(match)
            let reason: ForeignVerdict.Reason =
                understood == .unknown ? .notUnderstood(match.name) : .notKnown(match.name)
            return go(on: view.matches(understood), reason)
        case .lookup(let set, let key, let kind): return look(up: key, in: set, kind)
        default: return true
        }
    }

    private mutating func go(on answer: Answer, _ reason: ForeignVerdict.Reason) -> Bool {
        if answer == .open { doubt(reason) }
        return answer != .no
    }

    private func compare(
        _ register: UInt32, _ comparison: DumpedComparison, _ bytes: [UInt8]
    ) -> Answer {
        let value = registers.value(register, count: bytes.count)
        return switch comparison {
        case .equal: registers.equals(register, bytes)
        case .notEqual: !registers.equals(register, bytes)
        case .less: value.isLess(than: bytes)
        case .lessOrEqual: !value.isGreater(than: bytes)
        case .greater: value.isGreater(than: bytes)
        case .greaterOrEqual: !value.isLess(than: bytes)
        }
    }

    private mutating func look(up key: UInt32, in name: String, _ kind: DumpedLookup) -> Bool {
        let place = ForeignRuleset.Place(rule.family, rule.table, name)
        guard let set = ruleset.sets[place] else {
            doubt(.notKnown("@" + name))
            registers.forget()
            return true
        }
        let found = set.find(registers.value(key, count: set.declaration.keyLength))
        switch found {
        case .nothing: return kind == .lacks
        case .element(let element) where !element.hasCondition:
            return take([element], kind, isCertain: true)
        case .element(let element):
            doubt(.notKnown("@" + name))
            return take([element], kind, isCertain: false)
        case .perhaps(let elements):
            doubt(.notKnown("@" + name))
            return take(elements, kind, isCertain: false)
        }
    }

    private mutating func take(
        _ elements: [DumpedForeignElement], _ kind: DumpedLookup, isCertain: Bool
    ) -> Bool {
        switch kind {
        case .contains: return true
        case .lacks: return !isCertain
        case .value(let register):
            guard isCertain, case .bytes(let bytes)? = elements.first?.value else {
                registers.forget()
                doubt(.notKnown("map"))
                return true
            }
            return load(.value(PartlyKnown(bytes)), register)
        case .verdict:
            var goesOn = !isCertain
            for element in elements {
                guard case .verdict(let verdict) = element.value else { continue }
                if obey(verdict) { goesOn = true }
            }
            return goesOn
        }
    }

    // What it does.

    /// - Returns: whether the next expression follows.
    private mutating func obey(_ verdict: DumpedVerdict) -> Bool {
        switch verdict {
        case .accept: decide(.accept)
        case .drop: decide(.drop(.drop))
        case .return: decide(.leave)
        case .jump(let chain): decide(.jump(chain))
        case .goto(let chain): decide(.goto(chain))
        case .queue: decide(.unforeseen(.decidedElsewhere("queue")))
        case .unknown: decide(.unforeseen(.notUnderstood("verdict")))
        case .continue: return true
        case .break: return false
        }
        return false
    }

    private mutating func act(_ expression: DumpedExpression) -> Bool {
        switch expression {
        case .counter, .log: return true
        case .limit: doubt(.notKnown("limit"))
        case .object(let kind, _):
            // Counters, helpers, time-outs, marks of security: they let everything by.
            guard let kind, [1, 3, 6, 7, 8, 9].contains(kind) else {
                let isProxy = kind == 10
                if isProxy { decide(.unforeseen(.decidedElsewhere("synproxy"))) }
                doubt(.notKnown("object"))
                return !isProxy
            }
        case .reject:
            decide(.drop(.reject))
            return false
        case .masquerade:
            decide(.rewriteSource)
            return false
        case .redirect(let port):
            decide(.translate(.gateway(port.flatMap(self.port))))
            return false
        case .nat(let nat):
            decide(nat.isDestination ? .translate(target(of: nat)) : .rewriteSource)
            return false
        case .queue:
            decide(.unforeseen(.decidedElsewhere("queue")))
            return false
        case .target(let target): return act(CompatTarget(target), target.name)
        case .unknown(let name): return meet(unknown: name)
        default: return true
        }
        return true
    }

    private mutating func act(_ target: CompatTarget, _ name: String) -> Bool {
        switch target {
        case .reject: decide(.drop(.reject))
        case .destinationNAT(let nat): decide(.translate(Self.target(of: nat, view.family)))
        case .redirect(let nat): decide(.translate(.gateway(nat.port)))
        case .sourceNAT: decide(.rewriteSource)
        case .handOver: decide(.unforeseen(.decidedElsewhere(name)))
        case .unknown:
            doubt(.notUnderstood(name))
            decide(.unforeseen(.notUnderstood(name)))
            return true
        case .setMark(let masked):
            let mask = PartlyKnown(host: ~masked.mask).values
            let value = view.changes.packetMark.masked(
                mask, xor: PartlyKnown(host: masked.value).values)
            setMark(value, \.packetMark)
            return true
        case .changeMarks:
            setMark(PartlyKnown(unknown: 4), \.connectionMark)
            setMark(PartlyKnown(unknown: 4), \.packetMark)
            return true
        case .notrack:
            change(by: .notrack)
            return true
        case .goOn: return true
        }
        return false
    }
}

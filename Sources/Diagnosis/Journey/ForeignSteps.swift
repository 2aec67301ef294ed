import Addressing
package import Netfilter
import Netlink

/// What the rules of other programs do at each place.
extension JourneyParts {
    /// Of the packet itself.
    func others(at hook: ForeignHook) -> [JourneyStep] {
        // A translation has a step of its own.
        if hook == .prerouting, case .translated = road.entrance { return [] }
        let packet = road.packet(out: hook == .prerouting ? nil : facts.outInterface)
        return others(packet, at: hook, .others, "it", isAnswer: false)
    }

    /// Of its answer.
    func answerThroughOthers() -> [JourneyStep] {
        let packet = road.answer(from: facts.outInterface, out: road.question.arrival)
        let steps = [ForeignHook.prerouting, .forward, .postrouting].flatMap {
            others(packet, at: $0, .answer, "the answer", isAnswer: true)
        }
        return steps.filter { $0.verdict != .pass }
    }

    private func others(
        _ packet: TracedPacket, at hook: ForeignHook, _ kind: JourneyStep.Kind, _ what: String,
        isAnswer: Bool
    ) -> [JourneyStep] {
        let family = packet.destination.address.family
        let chains = facts.ruleset.chains(at: hook, family)
        guard !chains.isEmpty else { return [] }
        let verdict = facts.ruleset.verdict(of: packet, at: hook)
        switch verdict {
        case .passes:
            let names = chains.map { "\($0.family.name) \($0.table) \($0.name)" }
            return [
                JourneyStep(
                    kind, .pass, "\(Self.list(names)) \(chains.count == 1 ? "lets" : "let") it by",
                    hook: hook)
            ]
        case .dropped(let rule, let drop):
            let verb = drop == .reject ? "refuses" : "drops"
            return [
                JourneyStep(
                    kind, .stop, "\(rule.place) \(verb) \(what) (\(rule.words))", hook: hook,
                    rule: rule, remedy: remedy(for: rule, at: hook))
            ]
        case .translated(let rule, _):
            return [
                JourneyStep(
                    kind, .unsure, "\(rule.place) sends \(what) elsewhere (\(rule.words))",
                    hook: hook, rule: rule)
            ]
        case .unsure(let doubts, let otherwise):
            return [doubt(doubts, otherwise, kind, what, hook)]
        }
    }

    private func doubt(
        _ doubts: [ForeignVerdict.Doubt], _ otherwise: ForeignVerdict, _ kind: JourneyStep.Kind,
        _ what: String, _ hook: ForeignHook
    ) -> JourneyStep {
        let rule = doubts.first?.rule
        let reasons = doubts.prefix(3).map { "\($0.rule.place) (\($0.rule.words)): \($0.words)" }
        let rest =
            switch otherwise {
            case .passes: "it passes"
            case .dropped(let rule, _): "\(rule.place) drops it (\(rule.words))"
            case .translated(let rule, _): "\(rule.place) sends it elsewhere"
            case .unsure: "it is open"
            }
        return JourneyStep(
            kind, .unsure,
            "what becomes of \(what) hangs on \(reasons.joined(separator: "; ")); otherwise \(rest)",
            hook: hook, rule: rule,
            remedy: JourneyRemedy("have the kernel decide with --live"))
    }

    private func remedy(for rule: RuleReference, at hook: ForeignHook) -> JourneyRemedy {
        // Before the translation a rule sees the address that the client asked.
        let target = hook == .prerouting ? road.question.destination : road.place
        let remedy = ForeignRemedy(
            for: rule, among: facts.ruleset.chains(beside: rule), to: target,
            road.question.transport, at: hook)
        return JourneyRemedy("let it by in the rules of \(remedy.owner.rawValue)", remedy.commands)
    }

    /// Tables that nobody could read.
    func unread() -> [JourneyStep] {
        guard !facts.mayNotRead else {
            let sentence =
                "what other firewalls of this machine do with it is not known: their tables may"
                + " not be read (CAP_NET_ADMIN)"
            return [JourneyStep(.others, .info, sentence)]
        }
        let family = road.question.source.family == .v4 ? "ip " : "ip6 "
        let tables = facts.unread.filter { $0.hasPrefix(family) }
        guard !tables.isEmpty else { return [] }
        let program = family == "ip " ? "iptables-legacy" : "ip6tables-legacy"
        return [
            JourneyStep(
                .others, .unsure,
                "the old iptables module has rules that could not be read (\(Self.list(tables)))",
                remedy: JourneyRemedy("look at them", ["\(program)-save"]))
        ]
    }

    private static func list(_ names: [String]) -> String {
        names.count <= 4
            ? names.joined(separator: ", ")
            : names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }
}

extension RuleReference {
    /// `ip filter FORWARD`.
    package var place: String { "\(family.name) \(table) \(chain)" }

    /// The rule as `nft` would print it, with its comment.
    package var words: String {
        comment.map { "\(text) comment \"\($0)\"" } ?? text
    }
}

extension ForeignVerdict.Doubt {
    fileprivate var words: String {
        switch reason {
        case .notUnderstood(let part): "\(part) is not understood"
        case .notKnown(let part): "\(part) is not known beforehand"
        case .decidedElsewhere(let place): "\(place) decides"
        case .tooDeep: "its jumps have no end"
        }
    }
}

import Addressing
package import Netfilter
import Netlink

/// What was predicted and what the kernel did, side by side.
package struct LiveComparison: Hashable, Sendable {
    package var sight: LiveProbe.Sight
    package var packet: [Row]
    /// Empty when no answer was seen.
    package var answer: [Row]
    package var end: JourneyEnd

    /// One chain of one table.
    package struct Row: Hashable, Sendable {
        package var hook: ForeignHook?
        package var place: String
        package var predicted: String
        package var kernel: String
        /// Nil where the prediction was open.
        package var agrees: Bool?
    }
}

extension LiveComparison {
    package init(_ surveyed: JourneySurvey.Surveyed, _ sight: LiveProbe.Sight) {
        let (journey, road, facts) = (surveyed.journey, surveyed.road, surveyed.facts)
        self.sight = sight
        let stops = journey.steps.filter { $0.verdict == .stop }
        packet = sight.packet.map { passage in
            Self.row(passage, Prediction(passage, journey.steps, .others))
        }
        answer = sight.answer.map { passage in
            Self.row(passage, Prediction(passage, journey.steps, .answer))
        }
        if sight.source != nil {
            packet += stops.compactMap { Self.unseen($0, sight.packet) }
            packet += Self.destination(road, sight.packet)
        }
        end = LiveVerdict(road: road, facts: facts, journey: journey, sight: sight).end
    }

    private static func row(_ passage: Passage, _ prediction: Prediction) -> Row {
        let kernel = passage.drop.map { "drops it (\($0.words))" } ?? passed(passage)
        return Row(
            hook: passage.hook, place: passage.place, predicted: prediction.words, kernel: kernel,
            agrees: prediction.drops.map { $0 == (passage.drop != nil) })
    }

    private static func passed(_ passage: Passage) -> String {
        guard let last = passage.matched.last else { return "lets it by" }
        return "lets it by (\(last))"
    }

    /// A drop that was predicted where the packet never came.
    private static func unseen(_ step: JourneyStep, _ way: [Passage]) -> Row? {
        guard step.kind == .others, let rule = step.rule,
            !way.contains(where: { $0.isOf(rule) && $0.hook == step.hook })
        else { return nil }
        let (kernel, agrees) = rule.isLegacy ? untraced(step, way) : ("was not reached", false)
        return Row(
            hook: step.hook, place: rule.place, predicted: "drops it (\(rule.words))",
            kernel: kernel, agrees: agrees)
    }

    /// The kernel traces nf_tables only: what the old module does shows by what is missing.
    private static func untraced(_ step: JourneyStep, _ way: [Passage]) -> (String, Bool?) {
        switch WayEnd(way) {
        case .lost(let hook):
            (
                "shows nothing more of it (such tables are not traced)",
                hook == step.hook ? true : nil
            )
        case .left, .delivered: ("lets it by", false)
        case .dropped: ("was not reached", false)
        }
    }

    /// Where it was going once the routing was behind it.
    private static func destination(_ road: JourneyRoad, _ way: [Passage]) -> [Row] {
        guard let seen = way.routedTo else { return [] }
        return [
            Row(
                hook: nil, place: "destination", predicted: "\(road.place)", kernel: "\(seen)",
                agrees: seen == road.place)
        ]
    }
}

extension [Passage] {
    /// Where the packet was going once the routing was behind it; nil where that was not seen.
    fileprivate var routedTo: Endpoint? {
        let after: Set<ForeignHook?> = [.forward, .input, .postrouting]
        return first { after.contains($0.hook) }?.destination
    }
}

/// What was predicted of one chain.
private struct Prediction {
    /// Nil where it was open.
    var drops: Bool?
    var words: String

    init(_ passage: Passage, _ steps: [JourneyStep], _ kind: JourneyStep.Kind) {
        let here = steps.filter { step in
            guard passage.isOurs else {
                return step.kind == kind && step.hook == passage.hook
                    && step.rule.map(passage.isOf) ?? false
            }
            // Ours refuses before the routing, and guards behind it.
            switch step.kind {
            case .access, .time: return passage.hook == .prerouting
            case .guard: return passage.hook == .forward
            default: return false
            }
        }
        if let stop = here.first(where: { $0.verdict == .stop }) {
            drops = true
            words = "drops it (\(stop.rule?.words ?? stop.kind.rawValue))"
        } else if here.contains(where: { $0.verdict == .unsure }) {
            words = "cannot be told"
        } else {
            drops = false
            words = "lets it by"
        }
    }
}

extension Passage {
    fileprivate func isOf(_ rule: RuleReference) -> Bool {
        rule.family == family && rule.table == table
    }
}

/// How the journey ends, now that the kernel has shown it.
private struct LiveVerdict {
    let road: JourneyRoad
    let facts: JourneyFacts
    let journey: Journey
    let sight: LiveProbe.Sight

    var end: JourneyEnd {
        guard sight.source != nil else { return unseen }
        switch WayEnd(sight.packet) {
        case .dropped(let rule, let hook): return dropped("it", by: rule, at: hook)
        case .lost(let hook): return lost(after: hook)
        case .delivered: return delivered
        case .left(let index): return left(facts.name(index))
        }
    }

    private var unseen: JourneyEnd {
        guard !sight.isTaken else { return taken }
        guard case .awaited(let seconds) = sight.way else {
            return JourneyEnd(
                .unclear, "the kernel reported nothing of the packet; \(journey.end.sentence)",
                commands: journey.end.commands)
        }
        return JourneyEnd(
            .unclear,
            "no such packet came within \(seconds) s; without it, \(journey.end.sentence)",
            commands: journey.end.commands)
    }

    private var taken: JourneyEnd {
        let question = road.question
        let port = question.sourcePort.map { " port \($0)" } ?? ""
        return JourneyEnd(
            .unclear,
            "no packet was made: a real connection from \(question.source)\(port) to"
                + " \(question.destination) is there, and it would be cut; leave the port out, or"
                + " name another")
    }

    private var delivered: JourneyEnd {
        let seen = sight.packet.routedTo ?? road.place
        guard road.isLocal, seen.port == road.place.port else {
            return told(
                "it did not arrive: it ended at the gateway itself (\(seen)), not at \(road.place)",
                JourneyRemedy("look at the rules that translate it, and whether ours are there"))
        }
        let stop = journey.steps.first { $0.verdict == .stop }
        // Programs come behind the delivery, and what the old module drops there is not traced.
        let isLater = stop?.rule?.isLegacy == true && stop?.hook == .input
        if isLater || stop?.kind == .local { return journey.end }
        guard let listener = facts.listener else {
            return told("it came to \(seen) on the gateway, where no program listens", nil)
        }
        return JourneyEnd(.arrives, "it arrived: \(listener) on the gateway listens at \(seen)")
    }

    private func dropped(
        _ what: String, by rule: RuleReference, at hook: ForeignHook?
    ) -> JourneyEnd {
        let predicted = journey.steps.first { $0.verdict == .stop }
        let isOurs = (sight.answer.last ?? sight.packet.last)?.isOurs ?? false
        let isForeseen = isOurs ? predicted?.rule == nil : predicted?.rule == rule
        // A prediction that came true says more than the rule does.
        if isForeseen, let predicted {
            return told("it did not arrive: \(predicted.sentence)", predicted.remedy)
        }
        let sentence = "\(what) did not arrive: \(rule.place) dropped it (\(rule.words))"
        guard !isOurs else { return told(sentence, nil) }
        let target = hook == .prerouting ? road.question.destination : road.place
        let foreign = ForeignRemedy(
            for: rule, among: facts.ruleset.chains(beside: rule), to: target,
            road.question.transport, at: hook)
        return told(
            sentence,
            JourneyRemedy("let it by in the rules of \(foreign.owner.rawValue)", foreign.commands))
    }

    private func lost(after hook: ForeignHook?) -> JourneyEnd {
        if let stop = journey.steps.first(where: { $0.verdict == .stop }),
            stop.kind == .route || stop.rule?.isLegacy == true
        {
            return told("it did not arrive: \(stop.sentence)", stop.remedy)
        }
        let place = hook.map { "\($0)" } ?? "its arrival"
        return told(
            "it did not arrive: after \(place) it was gone, and no rule of nf_tables took it",
            JourneyRemedy("look at routes, rp_filter and the old iptables module"))
    }

    private func left(_ name: InterfaceName?) -> JourneyEnd {
        let seen = sight.packet.routedTo ?? road.place
        let way = "it left by \(name?.text ?? "an interface") to \(seen)"
        guard seen == road.place else {
            return told(
                "it did not arrive: \(way), not to \(road.place)",
                JourneyRemedy("look at the rules that translate it, and whether ours are there"))
        }
        if case .dropped(let rule, let hook) = WayEnd(sight.answer, isAnswer: true) {
            return dropped("its answer", by: rule, at: hook)
        }
        if sight.isRefused {
            return told(
                "\(way), which refused it",
                JourneyRemedy("start the service there, or correct the port of the target"))
        }
        let predicted = journey.steps.first { $0.verdict == .stop }
        // What the old module does to the answer is not traced.
        let isForeseen = predicted?.kind == .answer && predicted?.rule?.isLegacy == true
        if !sight.answer.isEmpty, !isForeseen {
            // With br_netfilter an answer is seen that only crosses a bridge to somebody else.
            if case .left(let index) = WayEnd(sight.answer, isAnswer: true),
                facts.name(index) == road.question.arrival
            {
                return JourneyEnd(.arrives, "it arrived: \(way), and the answer came back")
            }
            let lost = "its answer did not go back by \(road.question.arrival)"
            return told("\(way), but \(predicted?.sentence ?? lost)", predicted?.remedy)
        }
        if let predicted { return told("\(way), but \(predicted.sentence)", predicted.remedy) }
        let isTCP = road.question.transport == .tcp
        guard isTCP, sight.way == .made else {
            return JourneyEnd(.arrives, "it arrived as far as can be known: \(way)")
        }
        return told(
            "\(way), and no answer came back",
            JourneyRemedy("look at the target's firewall and its default route"))
    }

    private func told(_ sentence: String, _ remedy: JourneyRemedy?) -> JourneyEnd {
        JourneyEnd(
            .stops, sentence + (remedy.map { "; \($0.sentence)" } ?? ""),
            commands: remedy?.commands ?? [])
    }
}

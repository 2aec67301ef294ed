import Addressing
import Forwarding
import Netfilter

extension Journey {
    /// Puts together what is known.
    ///
    /// Nothing is asked of anybody here.
    package init(along road: JourneyRoad, _ facts: JourneyFacts) {
        let parts = JourneyParts(road: road, facts: facts)
        var steps: [JourneyStep] = []
        for part in parts.inOrder {
            for step in part() where !steps.contains(where: { $0.verdict == .stop }) {
                steps.append(step)
            }
        }
        self.init(road.question, steps, arrived: parts.arrived)
    }
}

/// The parts of a journey; each gives the steps of one place.
struct JourneyParts {
    let road: JourneyRoad
    let facts: JourneyFacts

    /// In the order of the kernel.
    var inOrder: [() -> [JourneyStep]] {
        if road.isRelayed {
            return [
                arrival, forwards, { others(at: .prerouting) }, { others(at: .input) }, unread,
                relay, source, target,
            ]
        }
        let onward: [() -> [JourneyStep]] =
            road.isLocal
            ? [{ others(at: .input) }, local]
            : [
                route, `guard`, { others(at: .forward) }, { others(at: .postrouting) }, source,
                target, answer,
            ]
        return [arrival, forwards, { others(at: .prerouting) }, unread, translation] + onward
    }

    var arrived: String {
        guard let forward = road.forward else {
            return road.isLocal
                ? "\(facts.listener ?? "a program") on the gateway listens at \(road.place)"
                : "it goes on to \(road.place)"
        }
        guard !road.isRelayed else { return relayArrived(forward) }
        let end = road.question.transport == .tcp ? "which answers" : "which is up"
        return "\(forward.name) carries it to \(road.place), \(end)"
    }

    private func arrival() -> [JourneyStep] {
        let question = road.question
        let kind = road.isFromWAN ? "a WAN interface" : "an inside interface"
        let port = question.sourcePort.map { " port \($0)" } ?? ""
        return [
            JourneyStep(
                .arrival, .info,
                "a \(question.transport.name) packet from \(question.source)\(port) to"
                    + " \(question.destination) comes in by \(question.arrival), \(kind)")
        ]
    }

    private func forwards() -> [JourneyStep] {
        ForwardSteps(
            road, isTaken: road.isTakenElsewhere || facts.listener != nil, facts
        ).all
    }

    private func translation() -> [JourneyStep] {
        if case .translated(let rule, let target) = road.entrance {
            return [Self.translation(rule, target, ours: road.fate.target)]
        }
        guard let target = road.fate.target else { return [] }
        guard target != road.question.destination else {
            let sentence = "it goes to the device's own address, nothing is translated"
            return [JourneyStep(.translation, .pass, sentence)]
        }
        return [JourneyStep(.translation, .pass, "its destination becomes \(target)")]
    }

    private static func translation(
        _ rule: RuleReference, _ target: ForeignTarget, ours: Endpoint?
    ) -> JourneyStep {
        let place =
            switch target {
            case .gateway(let port): "the gateway itself" + (port.map { ", port \($0)" } ?? "")
            case .place(let address, let port):
                [address.map { "\($0)" }, port.map { "port \($0)" }].compactMap(\.self)
                    .joined(separator: " ")
            }
        let sentence = "\(rule.place) sends it to \(place) (\(rule.text))"
        guard ours != nil else {
            return JourneyStep(.translation, .info, sentence, hook: .prerouting, rule: rule)
        }
        return JourneyStep(
            .translation, .stop, "\(sentence), before the forward can", hook: .prerouting,
            rule: rule, remedy: JourneyRemedy("take that rule away, or let it except this port"))
    }

    private func `guard`() -> [JourneyStep] {
        guard road.situation.guarded, road.isFromWAN else { return [] }
        guard road.forward == nil, facts.outInterface.map({ $0 != road.question.arrival }) ?? true
        else { return [] }
        let (question, place) = (road.question, road.place)
        let port = "\(question.destination.port)/\(question.transport.name)"
        return [
            JourneyStep(
                .guard, .stop,
                "no forward names it, and the guard drops what comes from a WAN to \(place)",
                remedy: JourneyRemedy("add a forward", ["portcullis add \(port) \(place)"]))
        ]
    }

    private func source() -> [JourneyStep] {
        guard let source = road.fate.seenSource else { return [] }
        let sentence =
            switch source {
            case .client: "the target sees the client's own address \(road.question.source)"
            case .external(let address):
                "client and target share a subnet: the target sees \(address) as the sender, so"
                    + " that its answer comes back through the gateway"
            case .gateway: "the target sees the gateway as the sender"
            }
        return [JourneyStep(.source, .info, sentence)]
    }

    private func local() -> [JourneyStep] {
        let (question, place) = (road.question, road.place)
        guard let listener = facts.listener else {
            let port = "\(question.destination.port)/\(question.transport.name)"
            return [
                JourneyStep(
                    .local, .stop,
                    "no program on the gateway listens at \(place) (\(question.transport.name))",
                    remedy: JourneyRemedy(
                        "add a forward to the device that is meant",
                        ["portcullis add \(port) DEVICE:PORT"]))
            ]
        }
        return [JourneyStep(.local, .pass, "\(listener) on the gateway listens there")]
    }
}

import Addressing
import Forwarding

/// What the relay does with a packet that reaches the gateway.
extension JourneyParts {
    func relay() -> [JourneyStep] {
        guard let forward = road.forward else { return [] }
        let place = road.question.destination
        guard facts.listener != nil else {
            return [
                JourneyStep(
                    .relay, .stop, "the relay does not listen at \(place)",
                    remedy: JourneyRemedy("see why", ["portcullis log \(forward.name)"]))
            ]
        }
        let reason = road.relayReason.map { ": \($0.sentence)" } ?? ""
        return [
            JourneyStep(
                .relay, .pass,
                "the relay takes it at \(place) and connects to \(relayTarget(forward))\(reason)")
        ]
    }

    func relayArrived(_ forward: Forward) -> String {
        "the relay carries \(forward.name) to \(relayTarget(forward))"
    }

    private func relayTarget(_ forward: Forward) -> String {
        let first = road.fate.target.map { "\($0)" } ?? "\(forward.target.host)"
        let terms = forward.relay
        if !terms.routes.isEmpty { return "\(first), or where the name asked for leads" }
        return terms.spares.isEmpty
            ? first : "\(first) or another of its \(terms.spares.count + 1) targets"
    }
}

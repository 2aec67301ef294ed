import Addressing
import Netfilter

/// Rules of others that send the ports of our forwards elsewhere.
enum ForeignTranslationChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let road = ForeignRoad(seen)
        let before = road.obstacles(answers: false).compactMap { obstacle -> Finding? in
            guard case .translated(let rule, let target) = obstacle.verdict else { return nil }
            return taken(obstacle, rule, target, seen)
        }
        let lost = Set(before.map(\.subject))
        let behind = road.translations().compactMap { obstacle -> Finding? in
            guard !lost.contains(obstacle.forward),
                case .translated(let rule, let target) = obstacle.verdict
            else { return nil }
            return hidden(obstacle, rule, target, seen)
        }
        return unique(before) + unique(behind)
    }

    private static func unique(_ findings: [Finding]) -> [Finding] {
        var ids: Set<String> = []
        return findings.filter { ids.insert($0.id).inserted }
    }

    private static func taken(
        _ obstacle: ForeignRoad.Obstacle, _ rule: RuleReference, _ target: ForeignTarget,
        _ seen: Observations
    ) -> Finding {
        let owner = rule.owner(in: seen.foreign)
        return Finding(
            "foreign-translation", .problem, obstacle.forward,
            what:
                "\(owner) sends \(port(obstacle)) to \(words(target)) before \(obstacle.forward)"
                + " can: \(rule.text)",
            why: "the forward's target gets nothing of it",
            remedy: "take that rule away (\(rule.listing)), or use another external port")
    }

    private static func hidden(
        _ obstacle: ForeignRoad.Obstacle, _ rule: RuleReference, _ target: ForeignTarget,
        _ seen: Observations
    ) -> Finding {
        let owner = rule.owner(in: seen.foreign)
        return Finding(
            "foreign-port-taken", .warning, obstacle.forward,
            what: "\(owner) publishes \(port(obstacle)) to \(words(target)), and"
                + " \(obstacle.forward) takes it first: \(rule.text)",
            why: "who expects the other service at that port gets the forward's target",
            remedy: owner == "Docker"
                ? "publish the container at another port (docker run -p), or give the forward"
                    + " another external port"
                : "use different ports for the two")
    }

    private static func port(_ obstacle: ForeignRoad.Obstacle) -> String {
        "\(obstacle.packet.destination.port)/\(obstacle.packet.transport.name)"
    }

    private static func words(_ target: ForeignTarget) -> String {
        switch target {
        case .place(let address?, let port?): "\(Endpoint(address, port))"
        case .place(let address?, nil): "\(address)"
        case .place(nil, _): "another place"
        case .gateway: "a program of the gateway"
        }
    }
}

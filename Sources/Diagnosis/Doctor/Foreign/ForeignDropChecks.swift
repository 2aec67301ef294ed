import Addressing
import Forwarding
import Netfilter
import Netlink

/// Rules of others that stop packets of forwards.
///
/// An accept of ours is not the last word: a drop of any table is.
enum ForeignDropChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let road = ForeignRoad(seen)
        let found =
            grouped(road.obstacles(answers: false), answers: false, seen)
            + grouped(road.obstacles(answers: true), answers: true, seen)
        var ids: Set<String> = []
        return found.filter { ids.insert($0.id).inserted }
    }

    /// What one rule does to which forwards.
    private struct Stop: Hashable {
        var rule: RuleReference
        var isCertain: Bool
        /// For doubts: whether nothing else drops.
        var isHarmless: Bool
        var doubt: ForeignVerdict.Reason?
    }

    private static func grouped(
        _ obstacles: [ForeignRoad.Obstacle], answers: Bool, _ seen: Observations
    ) -> [Finding] {
        let known = obstacles.compactMap { obstacle in stop(obstacle).map { ($0, obstacle) } }
        var order: [Stop] = []
        for (stop, _) in known where !order.contains(stop) { order.append(stop) }
        return order.map { stop in
            let own = known.filter { $0.0 == stop }.map(\.1)
            var names: [String] = []
            for obstacle in own where !names.contains(obstacle.forward) {
                names.append(obstacle.forward)
            }
            return finding(stop, names, own, answers: answers, seen)
        }
    }

    private static func stop(_ obstacle: ForeignRoad.Obstacle) -> Stop? {
        switch obstacle.verdict {
        case .passes, .translated: return nil
        case .dropped(let rule, _):
            return Stop(rule: rule, isCertain: true, isHarmless: false, doubt: nil)
        case .unsure(_, .dropped(let rule, _)):
            return Stop(rule: rule, isCertain: false, isHarmless: false, doubt: nil)
        case .unsure(let doubts, _):
            return doubts.first.map {
                Stop(rule: $0.rule, isCertain: false, isHarmless: true, doubt: $0.reason)
            }
        }
    }

    private static func finding(
        _ stop: Stop, _ names: [String], _ own: [ForeignRoad.Obstacle], answers: Bool,
        _ seen: Observations
    ) -> Finding {
        let what = answers ? "the answers of \(Observations.list(names))" : Observations.list(names)
        let owner = stop.rule.owner(in: seen.foreign)
        if stop.isHarmless {
            return Finding(
                "foreign-doubt", .note, stop.rule.subject,
                what: "a rule of \(owner) may stop \(what): \(stop.rule.text)",
                why: "whether it does hangs on \(words(stop.doubt)), which cannot be foretold",
                remedy: "look at it: \(stop.rule.listing)")
        }
        return Finding(
            answers ? "foreign-drop-of-answers" : "foreign-drop",
            stop.isCertain ? .problem : .warning, stop.rule.subject,
            what: "\(owner) \(stop.isCertain ? "drops" : "probably drops") \(what) in"
                + " \(stop.rule.place): \(stop.rule.text)",
            why: "what another table drops is lost, though Portcullis accepts it",
            remedy: exceptions(from: stop.rule, for: own, seen))
    }

    private static let mostTargets = 3

    /// For each target its own commands: an exception for all would open the other program's rules
    /// to more than forwards.
    private static func exceptions(
        from rule: RuleReference, for obstacles: [ForeignRoad.Obstacle], _ seen: Observations
    ) -> String {
        let chains = seen.foreign.chains(beside: rule)
        var targets: [(Endpoint, TransportProtocol?)] = []
        for obstacle in obstacles {
            var asked: (Endpoint, TransportProtocol?) = (
                obstacle.target, obstacle.packet.transport
            )
            // A whole address needs no port in its exception.
            if obstacle.isWhole(in: seen) { asked = (Endpoint(asked.0.address, 1), nil) }
            guard !targets.contains(where: { $0 == asked }) else { continue }
            targets.append(asked)
        }
        let commands = targets.prefix(mostTargets).flatMap { target, transport in
            ForeignRemedy(for: rule, among: chains, to: target, transport).commands
        }
        let left = targets.count - mostTargets
        let rest = left > 0 ? " (and so on for \(left) more targets)" : ""
        return commands.joined(separator: "; ") + rest
    }

    private static func words(_ reason: ForeignVerdict.Reason?) -> String {
        switch reason {
        case .notUnderstood(let part): "a part that is not understood here (\(part))"
        case .notKnown(let part): "the packet (\(part))"
        case .decidedElsewhere(let part): "a program or another part of the kernel (\(part))"
        case .tooDeep, nil: "very many jumps"
        }
    }
}

extension ForeignRoad.Obstacle {
    fileprivate func isWhole(in seen: Observations) -> Bool {
        ForwardName(forward).flatMap { seen.situation.table[$0] }?.isWhole ?? false
    }

    /// Where the packet goes, or comes from, at the place of the rule.
    fileprivate var target: Endpoint {
        guard !packet.isReply else { return Endpoint(packet.source, packet.sourcePort ?? 0) }
        return hook == .prerouting ? packet.destination : packet.translation ?? packet.destination
    }
}

extension RuleReference {
    /// Whose it is, for people.
    func owner(in ruleset: ForeignRuleset) -> String {
        let remedy = ForeignRemedy(
            for: self, among: ruleset.chains(beside: self), to: Endpoint(.v4(.any), 0), .tcp)
        return remedy.owner == .nftables
            ? "the table \(family.name) \(table)" : remedy.owner.rawValue
    }

    /// The place, with the number of the rule where it is one.
    var subject: String {
        handle.map { "\(place) \(isLegacy ? "rule" : "handle") \($0)" } ?? place
    }

    /// The command that shows it.
    var listing: String {
        guard isLegacy else { return "nft -a list chain \(place)" }
        let program = family == .ip6 ? "ip6tables-legacy" : "iptables-legacy"
        return "\(program) -t \(toolTable) -vnL \(chain) --line-numbers"
    }
}

import Addressing
package import Forwarding
import Logging
import Storage

extension Gateway {
    func note(_ kind: Activity.Kind, forward: ForwardName? = nil, detail: String) {
        keep([
            Activity(
                time: facts.now(), who: "gateway", origin: .operator, kind: kind, forward: forward,
                detail: detail)
        ])
    }

    /// Several things of one moment: beyond what anybody reads, one summary.
    func noteAll(_ entries: [(kind: Activity.Kind, forward: ForwardName, detail: String)]) {
        guard !entries.isEmpty else { return }
        guard entries.count <= Self.mostNotes else {
            let counts = Dictionary(grouping: entries, by: \.kind.rawValue).mapValues(\.count)
            let words = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            return note(entries[0].kind, detail: "forwards: \(words.joined(separator: ", "))")
        }
        let now = facts.now()
        keep(
            entries.map {
                Activity(
                    time: now, who: "gateway", origin: .operator, kind: $0.kind,
                    forward: $0.forward, detail: $0.detail)
            })
    }

    /// What goes on record with changes.
    ///
    /// A file of thousands of forwards is one event; its parts are in the history.
    func notes(on changes: [ForwardChange], by requester: Requester) -> [Activity] {
        let (now, next) = (facts.now(), revision + 1)
        let changes = changes.filter { !$0.isRenewal }
        guard changes.count <= Self.mostNotes else {
            return [
                Activity(
                    time: now, who: requester.name, origin: requester.origin, kind: .changed,
                    detail: "\(changes.count) forwards at once", revision: next)
            ]
        }
        return changes.map { change in
            Activity(
                time: now, who: who(of: change, by: requester), origin: requester.origin,
                kind: change.kind(endedByClock: requester == .clock), forward: change.name,
                detail: change.summary, revision: change.isOfDevice ? nil : next)
        }
    }

    /// Several devices may have been served in one step.
    private func who(of change: ForwardChange, by requester: Requester) -> String {
        guard requester == .devices else { return requester.name }
        return (change.after ?? change.before)?.creator ?? requester.name
    }

    private static let mostNotes = 100

    func noteRefusals(_ refusals: [Refusal], by requester: Requester) {
        keep(
            refusals.prefix(Self.mostNotes).map { refusal in
                Activity(
                    time: facts.now(), who: requester.name, origin: requester.origin,
                    kind: .refused, forward: refusal.forward,
                    detail:
                        "\(refusal.field.rawValue) \(refusal.value.prefix(100)): \(refusal.problem.code)"
                )
            })
    }

    func noteFollowed(_ edit: ActiveEdit, _ report: ApplyReport) {
        guard let id = edit.after?.id ?? edit.before?.id, let name = table[id]?.name else { return }
        func places(_ active: ActiveForward?) -> String {
            guard let active, !active.places.isEmpty else { return "nowhere" }
            return active.places.map(\.description).joined(separator: ", ")
        }
        let (before, after) = (places(edit.before), places(edit.after))
        guard before != after else { return }
        note(.followed, forward: name, detail: "from \(before) to \(after)")
    }

    /// Puts on record that a number of the kernel's was set, which is done elsewhere.
    package func noteSetting(_ words: String, by requester: Requester) {
        keep([
            Activity(
                time: facts.now(), who: requester.name, origin: requester.origin, kind: .setting,
                detail: words)
        ])
    }

    func noteEnded(_ flow: LiveFlow, of forward: ForwardName, by requester: Requester) {
        keep([
            Activity(
                time: facts.now(), who: requester.name, origin: requester.origin, kind: .flowEnded,
                forward: forward,
                detail:
                    "\(flow.number): \(flow.transport.name) from \(flow.client) to \(flow.target)")
        ])
    }

    func describe(_ network: NetworkView) -> String {
        let wans = network.wans.map { name in
            let addresses = network.addresses(of: name).map(\.description).sorted()
            let place = addresses.isEmpty ? "without address" : addresses.joined(separator: " ")
            guard network.wans.count > 1 else { return "\(name) \(place)" }
            let hops = (network.exits[name] ?? []).map(\.description)
            let way = hops.isEmpty ? "without a next hop" : "via " + hops.joined(separator: " ")
            return "\(name) \(place) \(way)"
        }
        return wans.isEmpty ? "no WAN interface" : wans.joined(separator: ", ")
    }

    /// The record must not stop the work: a full disk is reported and the change stands.
    private func keep(_ activity: [Activity]) {
        say(activity)
        do throws(StoreError) { try store.note(activity) } catch {
            log.error("activity could not be recorded: \(error)")
        }
    }

    func say(_ activity: [Activity]) {
        tellWatchers(of: activity)
        for entry in activity {
            log.info(
                "\(entry.kind.rawValue)\(entry.forward.map { " \($0)" } ?? ""): \(entry.detail)",
                metadata: ["who": "\(entry.who)"])
        }
    }
}

extension ForwardChange {
    func kind(endedByClock: Bool) -> Activity.Kind {
        switch self {
        case .added: .added
        case .changed: .changed
        case .removed: endedByClock ? .ended : .removed
        }
    }

    /// What is different, in the words of the command line.
    package var summary: String {
        switch self {
        case .added(let forward), .removed(let forward): return forward.line
        case .changed(let before, let after):
            guard before.line != after.line else { return "other terms" }
            return "\(before.line) is now \(after.line)"
        }
    }
}

extension Forward {
    /// `8443/tcp to 192.168.7.10:443`.
    fileprivate var line: String {
        "\(external.ports)/\(transports) to \(target)\(enabled ? "" : " (disabled)")"
    }
}

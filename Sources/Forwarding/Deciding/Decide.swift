import Addressing

/// What comes of a request.
package enum Outcome: Hashable, Sendable {
    case accepted([ForwardChange], [Warning])
    case refused([Refusal])
}

/// Decides a request: the one place where the table's rules are.
///
/// Pure: everything that matters is an argument. Nothing is changed; the changes are for the caller
/// to commit and then to put in force.
package func decide(
    _ request: Request, by requester: Requester, table: ForwardingTable,
    surroundings: Surroundings, now: Timestamp
) -> Outcome {
    let deciding = Deciding(
        table: table, surroundings: surroundings, requester: requester, now: now)
    switch request {
    case .add(let drafts): return deciding.add(drafts)
    case .edit(let name, let edit): return deciding.edit(name, edit)
    case .remove(let name): return deciding.remove(name)
    case .apply(let drafts, let prune): return deciding.apply(drafts, prune: prune)
    case .expire: return deciding.expire()
    case .restore(let former): return deciding.restore(former)
    }
}

private struct Deciding {
    var table: ForwardingTable
    let surroundings: Surroundings
    let requester: Requester
    let now: Timestamp

    func add(_ drafts: [ForwardDraft]) -> Outcome {
        var (taken, refusals, warnings) = (table, [Refusal](), [Warning]())
        var changes: [ForwardChange] = []
        for draft in drafts {
            guard let id = taken.freeID() else {
                return .refused([refusal(draft.name, .name, draft.name.text, .tableFull)])
            }
            let forward = draft.forward(id: id, by: requester, at: now)
            examine(forward, among: taken, into: &refusals, &warnings)
            changes.append(.added(forward))
            if drafts.count > 1 { taken.insert(forward) }
        }
        return refusals.isEmpty ? .accepted(changes, warnings) : .refused(refusals)
    }

    func edit(_ name: ForwardName, _ edit: ForwardEdit) -> Outcome {
        guard let before = table[name] else { return unknown(name) }
        let after = edit.applied(to: before, at: now)
        guard after != before else { return .accepted([], []) }
        var (refusals, warnings) = ([Refusal](), [Warning]())
        examine(after, replacing: before, among: table, into: &refusals, &warnings)
        guard refusals.isEmpty else { return .refused(refusals) }
        return .accepted([.changed(from: before, to: after)], warnings)
    }

    func remove(_ name: ForwardName) -> Outcome {
        guard let before = table[name] else { return unknown(name) }
        return .accepted([.removed(before)], [])
    }

    func expire() -> Outcome {
        .accepted(
            table.all.filter { $0.hasEnded(at: now) }.sorted { $0.id < $1.id }.map(
                ForwardChange.removed), [])
    }

    /// Nothing is examined: what stood together once does so again, and going back must not fail
    /// for a name server that is down.
    ///
    /// What is over stays away. Leases of devices are theirs: those of now stay, unless they stand
    /// where an operator's forward comes back.
    func restore(_ former: [Forward]) -> Outcome {
        let wanted = former.filter { $0.origin != .device && !$0.hasEnded(at: now) }
        let over = former.filter { $0.origin != .device && $0.hasEnded(at: now) }
        var then = ForwardingTable()
        for forward in wanted { then.insert(forward) }
        let gone = table.all.filter { forward in
            guard then[forward.id] == nil else { return false }
            return forward.origin != .device || then[forward.name] != nil
                || !then.neighbours(of: forward).isEmpty
        }
        let changes = wanted.compactMap { forward -> ForwardChange? in
            guard let before = table[forward.id] else { return .added(forward) }
            return before == forward ? nil : .changed(from: before, to: forward)
        }
        let all = gone.sorted { $0.id < $1.id }.map(ForwardChange.removed) + changes
        return .accepted(all, over.map { .alreadyOver($0.name) })
    }

    /// What is over counts as not there: an old export must not fail for a lease that has passed.
    ///
    /// Everything that goes or changes is taken out first, so that the order of the file plays no
    /// part: two forwards may swap their ports in one step.
    func apply(_ drafts: [ForwardDraft], prune: Pruning) -> Outcome {
        let over = drafts.filter { $0.ends.moment(from: now).map { $0 <= now } ?? false }
        let drafts = over.isEmpty ? drafts : drafts.filter { !over.contains($0) }
        var taken = table
        var (refusals, warnings, changes) = ([Refusal](), [Warning](), [ForwardChange]())
        let wanted = Dictionary(
            drafts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for forward in table.sorted {
            if let draft = wanted[forward.name] {
                guard draft.forward(id: forward.id, by: requester, at: now).terms != forward.terms
                else { continue }
                taken.remove(forward.id)
            } else if prune.covers(forward) {
                taken.remove(forward.id)
                changes.append(.removed(forward))
            }
        }
        var seen: Set<ForwardName> = []
        for draft in drafts {
            guard seen.insert(draft.name).inserted else {
                refusals.append(refusal(draft.name, .name, draft.name.text, .duplicate))
                continue
            }
            if let kept = taken[draft.name], table[draft.name] == kept { continue }
            let before = table[draft.name]
            guard let id = before?.id ?? taken.freeID(notIn: table) else {
                return .refused([refusal(draft.name, .name, draft.name.text, .tableFull)])
            }
            var forward = draft.forward(id: id, by: requester, at: now)
            if let before {
                forward.origin = before.origin
                forward.creator = before.creator
                forward.created = before.created
            }
            examine(forward, replacing: before, among: taken, into: &refusals, &warnings)
            let change: ForwardChange =
                before.map { .changed(from: $0, to: forward) } ?? .added(forward)
            changes.append(change)
            taken.apply([change])
        }
        warnings += over.map { .alreadyOver($0.name) }
        return refusals.isEmpty ? .accepted(changes, warnings) : .refused(refusals)
    }

    private func examine(
        _ forward: Forward, replacing previous: Forward? = nil, among table: ForwardingTable,
        into refusals: inout [Refusal], _ warnings: inout [Warning]
    ) {
        let examination = Examination(
            forward: forward, table: table, surroundings: surroundings, now: now,
            previous: previous)
        refusals += examination.refusals().map { refusal in
            var refusal = refusal
            refusal.forward = forward.name
            return refusal
        }
        warnings += examination.warnings()
    }

    private func unknown(_ name: ForwardName) -> Outcome {
        let nearest = nearestName(to: name.text, among: table.all.lazy.map(\.name.text))
        return .refused([refusal(nil, .name, name.text, .unknown(nearest: nearest))])
    }

    private func refusal(
        _ forward: ForwardName?, _ field: Refusal.Field, _ value: String, _ problem: Problem
    ) -> Refusal {
        Refusal(forward: forward, field: field, value: value, problem: problem)
    }
}

extension ForwardingTable {
    /// A number free here and in `other`.
    fileprivate func freeID(notIn other: ForwardingTable) -> ForwardID? {
        guard var candidate = freeID() else { return nil }
        let start = candidate
        while self[candidate] != nil || other[candidate] != nil {
            candidate = candidate.next
            if candidate == start { return nil }
        }
        return candidate
    }
}

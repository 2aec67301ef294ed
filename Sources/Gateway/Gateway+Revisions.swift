package import Forwarding
import Logging
package import Storage

/// Looking back, going back, and changes that go back by themselves.
///
/// Theory of operation. A change made with a time to confirm is committed together with the revision
/// to go back to and the deadline, so that neither a crash nor a restart forgets it. Until somebody
/// confirms, only the clock and going back change the table: the way back leads past no other change.
/// At the deadline the clock goes back, without asking anybody anything: whoever made the change may
/// have locked themselves out.
extension Gateway {
    package func history(limit: Int) throws -> [Revision] { try store.revisions(limit: limit) }

    /// What leads from one revision to another.
    package func difference(from former: Int, to later: Int) throws -> [ForwardChange] {
        let (before, after) = (try forwards(at: former), try forwards(at: later))
        var then: ByForward<Forward> = [:]
        for forward in before { then[forward.id] = forward }
        var changes: [ForwardChange] = []
        for forward in after {
            let old = then.removeValue(for: forward.id)
            guard old != forward else { continue }
            changes.append(old.map { .changed(from: $0, to: forward) } ?? .added(forward))
        }
        return (then.values.map(ForwardChange.removed) + changes).sorted { $0.name < $1.name }
    }

    /// Makes the table what it was at a revision.
    ///
    /// - Parameter revision: nil for the one to go back to if a change awaits its confirmation,
    ///   else for the one before the last.
    /// - Parameter expected: the revision that the table has to be at, if that matters.
    package func rollback(
        to revision: Int?, by requester: Requester, dryRun: Bool, expecting expected: Int? = nil
    ) async throws -> Answer {
        let goal = revision ?? pending?.base ?? self.revision - 1
        let former = try forwards(at: goal)
        let answer = await submit(
            .restore(former), by: requester, dryRun: dryRun,
            expecting: expected ?? self.revision)
        guard !dryRun, answer.refusals.isEmpty else { return answer }
        try settlePending()
        note(.rolledBack, detail: "to revision \(goal), by \(requester.name)")
        return answer
    }

    /// The change that waits for it stands.
    package func confirm(by requester: Requester) throws {
        guard pending != nil else {
            throw Refusal(field: .state, value: "The table", problem: .nothingToConfirm)
        }
        try settlePending()
        note(.confirmed, detail: "revision \(revision), by \(requester.name)")
    }

    /// Goes back when nobody has confirmed in time.
    func goBackIfDue(_ now: Timestamp) {
        guard let pending, pending.deadline <= now else { return }
        do {
            let former = try forwards(at: pending.base)
            let answer = decideAndApply(.restore(former), by: .clock, dryRun: false)
            if let refusal = answer.refusals.first { throw refusal }
            try settlePending()
            note(.rolledBack, detail: "to revision \(pending.base): nobody confirmed in time")
            log.warning("the last change was not confirmed; the table is that of before")
        } catch {
            log.critical("the unconfirmed change could not be taken back: \(error)")
        }
    }

    /// A change that would leave the table as it is commits nothing, so the waiting ends apart.
    private func settlePending() throws {
        guard pending != nil else { return }
        try store.confirm()
        pending = nil
    }

    /// Why a change has to wait.
    func waiting(for request: Request) -> Refusal? {
        guard let pending else { return nil }
        switch request {
        case .expire, .restore: return nil
        case .add, .edit, .remove, .apply:
            return Refusal(
                field: .state, value: "The table",
                problem: .awaitsConfirmation(until: pending.deadline))
        }
    }

    func pending(after request: Request, within patience: Int64?) -> PendingConfirmation? {
        if let patience {
            return PendingConfirmation(base: revision, deadline: facts.now() + patience)
        }
        if case .restore = request { return nil }
        return pending
    }

    private func forwards(at revision: Int) throws -> [Forward] {
        if let found = try store.forwards(at: revision) { return found }
        let known = try store.revisions(limit: .max)
        throw Refusal(
            field: .revision, value: "\(revision)",
            problem: .unknownRevision(
                oldest: (known.last?.number ?? 1) - 1, newest: self.revision))
    }
}

/// What changes would cost.
extension Gateway {
    /// The flows that would end, as well as it can be told beforehand.
    func costs(of changes: [ForwardChange], in view: Surroundings) -> ByForward<FlowCost> {
        let edits = edits(of: changes, in: view, at: facts.now())
        guard !edits.isEmpty else { return [:] }
        do throws(EngineError) { return try engine.cost(of: edits, engineSettings) } catch {
            log.error("the flows that a change would end could not be counted: \(error)")
            return [:]
        }
    }
}

import Forwarding
import Logging
import Storage

/// Keeping the table and the engine in agreement when the engine would not have something.
extension Gateway {
    /// What goes out of memory with a change.
    struct Forgotten {
        var suspended: Set<ForwardID>
        var totals: ByForward<TrafficTotal> = [:]
    }

    /// The engine would not have it: the table goes back to what it was.
    ///
    /// - Parameter former: what adopting the changes has made the gateway forget.
    func takeBack(
        _ changes: [ForwardChange], because error: EngineError, by requester: Requester,
        to former: Forgotten
    ) -> Answer {
        let culprit = error.forward.flatMap { table[$0]?.name }
        let inverse = changes.reversed().map(\.inverse)
        adopt(inverse, at: facts.now())
        suspended = former.suspended
        for (id, total) in former.totals { totals[id] = total }
        do throws(StoreError) {
            revision = try store.commit(
                inverse, by: requester, at: facts.now(), expecting: revision, noting: [],
                pending: pending)
            try store.save(former.totals)
        } catch {
            // The next start reads the change again, and the engine will be asked again.
            log.critical("a change that the engine refused could not be taken back: \(error)")
        }
        if case .system = error { makeSure() }
        let (field, value) = error.place
        let refusal = Refusal(
            forward: culprit ?? changes.first?.name, field: field, value: value,
            problem: .engine(error))
        noteRefusals([refusal], by: requester)
        return refused([refusal])
    }

    /// The engine would not have what the clock did: it stands, without the forwards that it
    /// refuses.
    ///
    /// Time does not go back; taken back, it would be tried again each second.
    func keep(_ changes: [ForwardChange], despite error: EngineError) -> Answer {
        log.error("the engine could not follow the clock: \(error)")
        makeSure()
        return Answer(changes: changes, revision: revision)
    }

    /// The engine would not have edits that follow from something that has happened already.
    func recover(_ edits: [ActiveEdit], from error: EngineError) {
        // What was to be changed is not there: another program has taken it.
        guard error.isOfWhatIsMissing else { return followOneByOne(edits) }
        makeSure()
    }

    /// After a failure that leaves it open what the engine has: tells it everything again.
    ///
    /// A table that has been left to another program stays left.
    func makeSure() {
        guard contest == nil else { return }
        do throws(EngineError) { _ = try establishAll() } catch {
            log.critical("the engine could not be brought back in line: \(error)")
        }
    }

    /// Tells the engine everything.
    ///
    /// One forward that it refuses is left out, and does not keep the others from their work: two
    /// devices may have come to one address. Those left out earlier are tried again.
    func establishAll() throws(EngineError) -> ApplyReport {
        readBudgets()
        let formerly = suspended
        suspended = []
        while true {
            do throws(EngineError) {
                let report = try engine.apply(.everything(wantedForwards, engineSettings))
                countFromHere()
                return report
            } catch {
                guard let id = error.forward, let forward = table[id],
                    suspended.insert(id).inserted
                else { throw error }
                guard !formerly.contains(id) else { continue }
                note(.failed, forward: forward.name, detail: "the engine refused it: \(error)")
            }
        }
    }

    /// Every forward as the engine is to have it now.
    var wantedForwards: [ActiveForward] {
        table.all.compactMap { installedForm(of: $0, in: surroundings) }
    }
}

extension EngineError {
    /// What was asked that could not be done.
    fileprivate var place: (Refusal.Field, String) {
        switch self {
        case .relayRefused(_, .place(let place, _)): (.external, place)
        case .relayRefused(_, .transparent): (.source, "transparent")
        case .refused, .ownedByAnother, .notPermitted, .unsupported, .system: (.external, "")
        }
    }
}

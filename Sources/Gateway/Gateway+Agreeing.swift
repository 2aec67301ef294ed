import Forwarding
import Logging
import Storage

/// Keeping the table and the engine in agreement when the engine would not have something.
extension Gateway {
    /// The engine would not have it: the table goes back to what it was.
    func takeBack(
        _ changes: [ForwardChange], because error: EngineError, by requester: Requester
    ) -> Answer {
        let culprit: ForwardName? =
            if case .refused(let id?, _, _) = error { table[id]?.name } else { nil }
        let inverse = changes.reversed().map(\.inverse)
        adopt(inverse, at: facts.now())
        do throws(StoreError) {
            revision = try store.commit(
                inverse, by: requester, at: facts.now(), expecting: revision, noting: [],
                pending: pending)
        } catch {
            // The next start reads the change again, and the engine will be asked again.
            log.critical("a change that the engine refused could not be taken back: \(error)")
        }
        if case .system = error { makeSure() }
        let refusal = Refusal(
            forward: culprit ?? changes.first?.name, field: .external, value: "",
            problem: .engine(error))
        noteRefusals([refusal], by: requester)
        return refused([refusal])
    }

    /// After a failure that leaves it open what the engine has: tells it everything again.
    func makeSure() {
        do throws(EngineError) { _ = try establishAll() } catch {
            log.critical("the engine could not be brought back in line: \(error)")
        }
    }

    /// Tells the engine everything.
    ///
    /// One forward that it refuses is left out, and does not keep the others from their work: two
    /// devices may have come to one address.
    func establishAll() throws(EngineError) -> ApplyReport {
        readBudgets()
        while true {
            do throws(EngineError) {
                return try engine.apply(.everything(wantedForwards, engineSettings))
            } catch {
                guard case .refused(let id?, _, _) = error, let forward = table[id],
                    suspended.insert(id).inserted
                else { throw error }
                note(.failed, forward: forward.name, detail: "the engine refused it: \(error)")
            }
        }
    }

    /// Every forward as the engine is to have it now.
    var wantedForwards: [ActiveForward] {
        table.all.compactMap { installedForm(of: $0, in: surroundings) }
    }
}

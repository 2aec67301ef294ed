import Addressing
import Forwarding
import Logging
import Storage

extension Gateway {
    /// Keeps time until the task is cancelled: ends leases, asks for names again, saves counters.
    package func run() async {
        let clock = ContinuousClock()
        var next = clock.now
        while !Task.isCancelled {
            await tick()
            next = max(next + .seconds(1), clock.now)
            try? await clock.sleep(until: next, tolerance: nil)
        }
    }

    /// Counters are saved this often, in seconds: a crash loses no more of them, since the engine's
    /// own go on.
    private static let savePeriod: Int64 = 30

    private func tick() async {
        let now = facts.now()
        do { try expire() } catch {
            log.error("forwards that are over could not be removed: \(error)")
        }
        if let time = settleAt, time <= now {
            settleAt = nil
            settle()
        }
        await followNames(now)
        if now.seconds % Self.savePeriod == 0 { saveTotals() }
    }

    private func settle() {
        do {
            let report = try engine.settle()
            if report.flowsEnded > 0 { log.debug("\(report.flowsEnded) late flows ended") }
        } catch { log.error("stale flows could not be ended: \(error)") }
    }

    func expire() throws {
        let now = facts.now()
        guard ends.values.contains(where: { $0 <= now }) else { return }
        let answer = decideAndApply(.expire, by: .clock, dryRun: false)
        guard answer.refusals.isEmpty else { throw answer.refusals[0] }
    }

    /// Takes in a change of the machine's network.
    package func observe(_ observation: NetworkObservation) {
        var view = surroundings
        view.network = observation.view
        for (mac, target) in observation.devices { view.resolved[.mac(mac)] = target }
        guard view != surroundings else { return }
        if view.network != surroundings.network {
            note(.network, detail: describe(view.network))
        }
        move(to: view)
    }

    /// Goes over to new surroundings: what they change about the forwards is put in force.
    private func move(to view: Surroundings) {
        let before = surroundings
        let affected = before.network == view.network ? followed : Array(table.all)
        let edits = affected.compactMap { forward -> ActiveEdit? in
            let edit = ActiveEdit(
                before: installedForm(of: forward, in: before),
                after: installedForm(of: forward, in: view))
            return edit.before == edit.after ? nil : edit
        }
        surroundings = view
        let now = facts.now()
        guard !edits.isEmpty || before.network != view.network else { return }
        settleAt = now + 1
        do throws(EngineError) {
            let report = try engine.apply(.edits(edits, engineSettings))
            for edit in edits { noteFollowed(edit, report) }
        } catch {
            log.error("the network changed, and not all forwards could follow: \(error)")
            followOneByOne(edits)
        }
    }

    /// One forward that cannot follow does not keep the others from it.
    private func followOneByOne(_ edits: [ActiveEdit]) {
        for edit in edits {
            do throws(EngineError) {
                _ = try engine.apply(.edits([edit], engineSettings))
            } catch {
                let name = (edit.after ?? edit.before).flatMap { table[$0.id]?.name }
                note(.failed, forward: name, detail: "could not follow its target: \(error)")
            }
        }
    }

    private var followed: [Forward] { table.all.filter { $0.target.host.isFollowed } }

    /// Asks for names that are not known or not good any more.
    ///
    /// The last good answer is kept.
    func resolveNames(_ names: [HostName]) async {
        for name in Set(names) where surroundings.resolved[.name(name)] == nil {
            guard let answer = await facts.resolve(name) else { continue }
            due[name] = facts.now() + answer.seconds
            guard !answer.target.isEmpty else { continue }
            surroundings.resolved[.name(name)] = answer.target
        }
    }

    private func followNames(_ now: Timestamp) async {
        let names = due.filter { $0.value <= now }.map(\.key)
        guard !names.isEmpty else { return }
        var answers: [HostName: ResolvedName] = [:]
        for name in names {
            due[name] = now + Self.retryPeriod
            guard let answer = await facts.resolve(name) else { continue }
            answers[name] = answer
        }
        var view = surroundings
        for (name, answer) in answers {
            due[name] = facts.now() + answer.seconds
            let unfit = answer.target.addresses.contains {
                isUnfitTarget($0, in: surroundings.network)
            }
            guard !answer.target.isEmpty, !unfit else { continue }
            view.resolved[.name(name)] = answer.target(keeping: view.resolved[.name(name)])
        }
        if view != surroundings { move(to: view) }
    }

    /// Seconds until a name server that did not answer is asked again.
    private static let retryPeriod: Int64 = 5

    func saveTotals() {
        do {
            let report = try engine.traffic()
            for (id, reading) in report.forwards where table[id] != nil {
                totals[id] = (totals[id] ?? TrafficTotal()).advanced(to: reading)
            }
            try store.save(totals)
        } catch { log.error("counters could not be saved: \(error)") }
    }
}

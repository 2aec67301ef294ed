import Addressing
import Forwarding
import Logging
import Storage

extension Gateway {
    /// Keeps time until the task is cancelled: ends leases, asks for names again, saves counters.
    ///
    /// A name server that does not answer takes seconds, for which no lease and no schedule waits.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.eachSecond { await self.keepTime() } }
            group.addTask { await self.eachSecond { await self.followNames() } }
        }
    }

    private nonisolated func eachSecond(_ body: () async -> Void) async {
        let clock = ContinuousClock()
        var next = clock.now
        while !Task.isCancelled {
            await body()
            next = max(next + .seconds(1), clock.now)
            try? await clock.sleep(until: next, tolerance: nil)
        }
    }

    /// Counters are saved this often, in seconds: a crash loses no more of them, since the engine's
    /// own go on.
    private static let savePeriod: Int64 = 30

    /// One second of both.
    package func tick() async {
        keepTime()
        await followNames()
    }

    private func keepTime() {
        let now = facts.now()
        do { try expire() } catch {
            log.error("forwards that are over could not be removed: \(error)")
        }
        goBackIfDue(now)
        keepPresent(now)
        turnMonth(now)
        turnSchedules(now)
        if let time = settleAt, time <= now {
            settleAt = nil
            settle()
        }
        if now.seconds % Self.savePeriod == 0 { saveTotals() }
        keepHistory(now)
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
        devices = observation.devices
        var view = surroundings
        view.network = observation.view
        for host in followedHosts {
            guard case .mac(let mac) = host else { continue }
            view.resolved[host] = place(of: devices[mac], keeping: view.resolved[host], view)
        }
        guard view != surroundings else { return }
        let isOther = view.network != surroundings.network
        if isOther { note(.network, detail: describe(view.network)) }
        move(to: view)
        if isOther { tellDevicesOfNetwork() }
        upstreamListener?.yield()
    }

    /// Where a device is: where the neighbour table has it, else where it was, moved along with the
    /// prefix of its LAN.
    ///
    /// The table forgets what was silent for some minutes, each family apart.
    private func place(
        of seen: ResolvedTarget?, keeping last: ResolvedTarget?, _ view: Surroundings
    ) -> ResolvedTarget? {
        guard seen != nil || last != nil else { return nil }
        let moved = last?.v6.flatMap {
            view.network.successor(of: $0, from: surroundings.network)
        }
        return ResolvedTarget(v4: seen?.v4 ?? last?.v4, v6: seen?.v6 ?? moved ?? last?.v6)
    }

    /// Goes over to new surroundings: what they change about the forwards is put in force.
    func move(to view: Surroundings) {
        let before = surroundings
        let affected = table.all.filter {
            before.network != view.network || $0.isFollowing
                || suspended.contains($0.id)
        }
        let installed = affected.map { installedForm(of: $0, in: before) }
        suspended = []
        surroundings = view
        // What comes back into force begins with what it has used by now.
        for (forward, before) in zip(affected, installed)
        where before == nil && used[forward.id] != nil { used[forward.id] = bytesUsed(forward.id) }
        let edits = zip(affected, installed).compactMap { forward, installed -> ActiveEdit? in
            let edit = ActiveEdit(before: installed, after: installedForm(of: forward, in: view))
            return edit.before == edit.after ? nil : edit
        }
        guard !edits.isEmpty || before.network != view.network else { return }
        settleAt = facts.now() + 1
        do throws(EngineError) {
            let report = try tell(edits)
            for edit in edits { noteFollowed(edit, report) }
        } catch {
            log.error("the surroundings changed, and not all forwards could follow: \(error)")
            recover(edits, from: error)
        }
        if before.resolved != view.resolved { keepTargets() }
    }

    /// One forward that cannot follow does not keep the others from it: it is taken out, and tried again
    /// at the next change.
    func followOneByOne(_ edits: [ActiveEdit]) {
        for edit in edits {
            do throws(EngineError) {
                _ = try tell([edit])
            } catch {
                guard let id = edit.after?.id ?? edit.before?.id else { continue }
                note(.failed, forward: table[id]?.name, detail: "could not follow: \(error)")
                suspended.insert(id)
                let withdrawal = ActiveEdit(before: edit.before, after: nil)
                guard edit.before != nil else { continue }
                do throws(EngineError) {
                    _ = try tell([withdrawal])
                } catch { log.error("a forward that cannot follow stays as it was: \(error)") }
            }
        }
    }

    /// Where forwards lead that has to be found out, and may change.
    var followedHosts: Set<TargetHost> {
        var hosts: Set<TargetHost> = []
        for forward in table.all where forward.isFollowing {
            hosts.formUnion(forward.hosts.lazy.filter(\.isFollowed))
        }
        return hosts
    }
}

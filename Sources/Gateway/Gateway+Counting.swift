import Forwarding
import Logging
import Storage

/// What forwards have carried, over restarts of the gateway and of what counts.
///
/// Theory of operation. A total goes on by what the engine's counters have gained since they were read
/// last. They begin at zero again when a forward leaves the engine that carries it, when that engine
/// starts anew (a relay always does), and when somebody destroys the kernel's table. Then what they
/// said last is worth nothing: a counter that has passed it meanwhile would look as if it had gone on.
/// So before counters are given up they are read once more, and behind it, before any traffic, it is
/// noted that they begin at zero.
extension Gateway {
    /// Tells the engine what is different about forwards.
    ///
    /// - Parameter isPatient: whether flows that newcomers take over may live a second longer.
    func tell(
        _ edits: [ActiveEdit], isPatient: Bool = false
    ) throws(EngineError) -> ApplyReport {
        var engineSettings = engineSettings
        engineSettings.isPatient = isPatient
        reading = nil
        defer { upstreamListener?.yield() }
        // What has gone from the table has no total; its number may be another's by now.
        let newcomers = Set(edits.lazy.filter { $0.before == nil }.compactMap(\.after?.id))
        let leaving = edits.compactMap { $0.leavesEngine(among: settings.engines) }
            .filter { table[$0] != nil && !newcomers.contains($0) }
        guard !leaving.isEmpty else { return try engine.apply(.edits(edits, engineSettings)) }
        saveTotals()
        do throws(EngineError) {
            let report = try engine.apply(.edits(edits, engineSettings))
            beginAnew(leaving)
            return report
        } catch {
            // It is open which counters have lived through that.
            countFromHere()
            throw error
        }
    }

    private func beginAnew(_ forwards: [ForwardID]) {
        reading = nil
        var changed: ByForward<TrafficTotal> = [:]
        for id in forwards {
            totals[id]?.counted = Traffic()
            totals[id].map { changed[id] = $0 }
        }
        do throws(StoreError) { try store.save(changed) } catch {
            log.error("counters could not be saved: \(error)")
        }
    }

    /// Reads the counters as they are: what is not counted at all begins at zero.
    ///
    /// Called before an engine begins, and right behind it.
    func countFromHere() {
        do {
            var report = try engine.traffic()
            for (id, _) in totals where report.forwards[id] == nil {
                report.forwards[id] = Traffic()
            }
            try takeIn(report)
        } catch { log.error("counters could not be read: \(error)") }
    }

    func saveTotals() {
        do { try takeIn(try engine.traffic()) } catch {
            log.error("counters could not be saved: \(error)")
        }
    }

    /// What a forward has carried when the engine's counters say this; nil for not counted.
    func advanced(_ id: ForwardID, to reading: Traffic?) -> TrafficTotal {
        let total = totals[id] ?? TrafficTotal()
        return reading.map { total.advanced(to: $0, in: month, at: facts.now()) } ?? total
    }

    private func takeIn(_ report: TrafficReport) throws {
        // An older one would look as if counters had begun anew.
        reading = nil
        var changed: ByForward<TrafficTotal> = [:]
        for (id, reading) in report.forwards where table[id] != nil {
            let total = advanced(id, to: reading)
            guard total != totals[id] else { continue }
            changed[id] = total
            totals[id] = total
        }
        try store.save(changed)
        noteExhausted(report)
    }
}

extension ActiveEdit {
    /// The forward, if it goes, or goes over to another engine.
    fileprivate func leavesEngine(among engines: AvailableEngines) -> ForwardID? {
        guard let before else { return nil }
        func isRelayed(_ forward: ActiveForward) -> Bool {
            if case .relay = forward.choice(among: engines) { true } else { false }
        }
        guard let after, isRelayed(before) == isRelayed(after) else { return before.id }
        return nil
    }
}

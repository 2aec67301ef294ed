import Addressing
import Forwarding
import Logging
import Storage

/// Schedules and months: what the clock changes about forwards.
///
/// Theory of operation. While a schedule is open the engine holds it with the moment at which it
/// closes, so that the kernel closes it by itself, whatever becomes of the daemon. Only opening needs
/// the clock here. A clock that was set makes all schedules be reckoned anew. The bytes of a month are
/// counted by the kernel against what was used when it was told, and told anew when a month begins.
extension Gateway {
    /// What a schedule says now, and when it says something else.
    struct Turn: Hashable, Sendable {
        var opening: Opening
        var next: Timestamp?
    }

    /// Seconds between two ticks from which on the clock was set, or the machine slept.
    private static let jump: Int64 = 5

    func recallTimes() {
        let now = facts.now()
        surroundings.zones.own = facts.zone(nil) ?? .utc
        for zone in Set(table.all.compactMap { $0.schedule?.zone }) {
            surroundings.zones.named[zone] = facts.zone(zone)
        }
        // A clock that was not set yet must not begin an earlier month.
        month = max(monthNumber(now), totals.lazy.map(\.value.month).max() ?? 0)
        for forward in table.all where forward.schedule != nil {
            turns[forward.id] = turn(of: forward, at: now)
        }
        readBudgets()
    }

    /// Zones are read once; a machine does not change them while it runs.
    func learnZones(of request: Request, in view: inout Surroundings) {
        for zone in request.zones where view.zones.named[zone] == nil {
            view.zones.named[zone] = facts.zone(zone)
        }
    }

    /// The differences for the engine, before they are taken into memory.
    func edits(
        of changes: [ForwardChange], in view: Surroundings, at now: Timestamp
    ) -> [ActiveEdit] {
        changes.compactMap { change in
            let edit = ActiveEdit(
                before: change.before.flatMap { installedForm(of: $0, in: surroundings) },
                after: newForm(of: change, in: view, at: now))
            return edit.before == edit.after ? nil : edit
        }
    }

    private func newForm(
        of change: ForwardChange, in view: Surroundings, at now: Timestamp
    ) -> ActiveForward? {
        guard let after = change.after else { return nil }
        return after.active(
            in: view, opening: after.opening(at: now, in: view.zones), used: budget(after: change))
    }

    /// What the kernel is to have counted already when a change is in force.
    ///
    /// Where a budget stays as it is, the kernel goes on counting, and is not told another number.
    private func budget(after change: ForwardChange) -> UInt64 {
        guard let after = change.after, after.limits.monthly != nil else { return 0 }
        if let before = change.before, before.limits.monthly == after.limits.monthly,
            let known = used[after.id], installedForm(of: before, in: surroundings) != nil
        {
            return known
        }
        return bytesUsed(after.id)
    }

    private func turn(of forward: Forward, at now: Timestamp) -> Turn {
        Turn(
            opening: forward.opening(at: now, in: surroundings.zones),
            next: forward.nextOpening(after: now, in: surroundings.zones))
    }

    /// Takes a change that is committed into the clock's memory.
    func keepTime(of change: ForwardChange, at now: Timestamp) {
        let budget = budget(after: change)
        if let before = change.before {
            turns[before.id] = nil
            used[before.id] = nil
            exhausted.remove(before.id)
        }
        guard let after = change.after else { return }
        if after.schedule != nil { turns[after.id] = turn(of: after, at: now) }
        if after.limits.monthly != nil { used[after.id] = budget }
    }

    // The clock's seconds.

    func turnSchedules(_ now: Timestamp) {
        let isSet = lastTick.map { now < $0 || now.seconds - $0.seconds > Self.jump } ?? true
        clockWasSet = clockWasSet || (isSet && lastTick != nil)
        lastTick = now
        let due = turns.filter { isSet || clockWasSet || $0.value.next.map { $0 <= now } ?? false }
        let next = due.compactMap { id, former -> (id: ForwardID, turn: Turn)? in
            guard let forward = table[id] else { return nil }
            let changed = turn(of: forward, at: now)
            return changed == former ? nil : (id, changed)
        }.sorted { $0.id < $1.id }
        guard send(next.compactMap(edit)) else { return }
        noteTurns(next)
        for (id, turn) in next { turns[id] = turn }
        realign()
    }

    private func edit(_ next: (id: ForwardID, turn: Turn)) -> ActiveEdit? {
        guard let forward = table[next.id], !suspended.contains(next.id) else { return nil }
        let edit = ActiveEdit(
            before: installedForm(of: forward, in: surroundings),
            after: forward.active(
                in: surroundings, opening: next.turn.opening, used: used[next.id] ?? 0))
        return edit.before == edit.after ? nil : edit
    }

    /// The kernel counts down durations; when the clock is set, they end at other moments.
    private func realign() {
        guard clockWasSet else { return }
        clockWasSet = false
        if !turns.isEmpty || !ends.isEmpty { makeSure() }
    }

    private func noteTurns(_ next: [(id: ForwardID, turn: Turn)]) {
        noteAll(
            next.compactMap { id, turn in
                let isOpen = turn.opening != .closed
                guard (turns[id]?.opening == .closed) == isOpen, let forward = table[id],
                    forward.enabled
                else { return nil }
                let until = turn.next.map { " until \($0.text)" } ?? ""
                return (isOpen ? .opened : .closed, forward.name, "by its schedule\(until)")
            })
    }

    /// - Returns: false when it has to be tried again.
    private func send(_ edits: [ActiveEdit]) -> Bool {
        guard !edits.isEmpty else { return true }
        settleAt = facts.now() + 1
        do throws(EngineError) {
            let report = try tell(edits)
            if let failure = report.flowFailure {
                log.error("flows of closed forwards could not be ended yet: \(failure)")
            }
            return true
        } catch {
            log.error("a schedule or a month has turned, and the engine could not follow: \(error)")
            guard case .refused = error else { return false }
            recover(edits, from: error)
            return true
        }
    }

    // Months.

    /// Of the gateway's zone: the year times twelve, and the month from 0.
    func monthNumber(_ now: Timestamp) -> Int32 {
        let (year, month, _) = surroundings.zones.own.wallClock(at: now).date.parts
        return Int32(truncatingIfNeeded: year * 12 + month - 1)
    }

    func bytesUsed(_ id: ForwardID) -> UInt64 { totals[id]?.used(in: month) ?? 0 }

    /// Months only go forward: a machine without a clock of its own begins each start in the past.
    ///
    /// A clock that has been wrong ahead is believed again after a day.
    func turnMonth(_ now: Timestamp) {
        let current = monthNumber(now)
        ticksBehind = current < month ? ticksBehind + 1 : 0
        if ticksBehind > Self.patience {
            log.warning("the clock says an earlier month for a day; bytes are counted for that now")
            month = current
        }
        guard current > month else { return }
        saveTotals()
        month = current
        exhausted = []
        let metered = used.keys.sorted().compactMap { table[$0] }
        let before = metered.map { installedForm(of: $0, in: surroundings) }
        for id in used.keys { used[id] = 0 }
        let after = metered.map { installedForm(of: $0, in: surroundings) }
        // An engine that was told of nothing used has counted since: saying the same again would leave it
        // at that, so it is told another number in between.
        let between = zip(before, after).map { $0 == $1 ? $0?.nudged : $0 }
        let isDone = send(differences(before, between)) && send(differences(between, after))
        if !isDone { makeSure() }
    }

    private func differences(
        _ before: [ActiveForward?], _ after: [ActiveForward?]
    ) -> [ActiveEdit] {
        zip(before, after).compactMap {
            $0 == $1 ? nil : ActiveEdit(before: $0, after: $1)
        }
    }

    /// Seconds.
    private static let patience = 86_400

    /// What has been used by now, for budgets that the engine is told anew.
    func readBudgets() {
        let metered = table.all.filter { $0.limits.monthly != nil }
        guard !metered.isEmpty else { return }
        do throws(EngineError) {
            let report = try engine.traffic()
            for forward in metered {
                used[forward.id] =
                    advanced(forward.id, to: report.forwards[forward.id]).used(in: month)
            }
        } catch { log.error("what budgets have used could not be read: \(error)") }
    }

    func noteExhausted(_ report: TrafficReport) {
        for id in used.keys.sorted() where !exhausted.contains(id) {
            guard let forward = table[id], let most = forward.limits.monthly,
                isUsedUp(forward, bytesUsed(id), report)
            else { continue }
            exhausted.insert(id)
            note(
                .usedUp, forward: forward.name,
                detail: "the month's \(ForwardSpelling.amountText(most)) have gone through")
        }
    }

    /// The kernel's own count also has the packet that it did not let through.
    func isUsedUp(_ forward: Forward, _ bytes: UInt64, _ report: TrafficReport) -> Bool {
        guard let most = forward.limits.monthly else { return false }
        return bytes >= most || report.budgets[forward.id] ?? 0 >= most
    }
}

extension ForwardChange {
    /// Whether a budget has to be told anew.
    var isMetered: Bool { before?.limits.monthly != nil || after?.limits.monthly != nil }
}

extension Request {
    /// The zones of the schedules that it brings.
    fileprivate var zones: Set<TimeZoneName> {
        let schedules: [Schedule?] =
            switch self {
            case .add(let drafts), .apply(let drafts, _): drafts.map(\.schedule)
            case .edit(_, let edit): [edit.schedule ?? nil]
            case .restore(let former): former.map(\.schedule)
            case .remove, .expire: []
            }
        return Set(schedules.compactMap { $0?.zone })
    }
}

extension ActiveForward {
    /// The same with a byte more of its month.
    fileprivate var nudged: ActiveForward {
        var nudged = self
        nudged.used += 1
        return nudged
    }
}

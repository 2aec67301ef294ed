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
        month = monthNumber(now)
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
                after: change.after.flatMap { newForm(of: $0, in: view, at: now) })
            return edit.before == edit.after ? nil : edit
        }
    }

    private func newForm(
        of forward: Forward, in view: Surroundings, at now: Timestamp
    ) -> ActiveForward? {
        forward.active(
            in: view, opening: forward.opening(at: now, in: view.zones),
            used: forward.limits.monthly == nil ? 0 : bytesUsed(forward.id))
    }

    private func turn(of forward: Forward, at now: Timestamp) -> Turn {
        Turn(
            opening: forward.opening(at: now, in: surroundings.zones),
            next: forward.nextOpening(after: now, in: surroundings.zones))
    }

    /// Takes a change that is committed into the clock's memory.
    func keepTime(of change: ForwardChange, at now: Timestamp) {
        if let before = change.before {
            turns[before.id] = nil
            used[before.id] = nil
            exhausted.remove(before.id)
        }
        guard let after = change.after else { return }
        if after.schedule != nil { turns[after.id] = turn(of: after, at: now) }
        if after.limits.monthly != nil { used[after.id] = bytesUsed(after.id) }
    }

    // The clock's seconds.

    func turnSchedules(_ now: Timestamp) {
        let isSet = lastTick.map { now < $0 || now.seconds - $0.seconds > Self.jump } ?? true
        lastTick = now
        var (edits, next): ([ActiveEdit], [ForwardID: Turn]) = ([], [:])
        for (id, turn) in turns where isSet || (turn.next.map { $0 <= now } ?? false) {
            guard let forward = table[id] else { continue }
            let changed = self.turn(of: forward, at: now)
            guard changed != turn else { continue }
            next[id] = changed
            var edit = ActiveEdit(before: installedForm(of: forward, in: surroundings), after: nil)
            if !suspended.contains(id) {
                edit.after = forward.active(
                    in: surroundings, opening: changed.opening, used: used[id] ?? 0)
            }
            if edit.before != edit.after { edits.append(edit) }
        }
        guard !next.isEmpty, send(edits) else { return }
        for (id, changed) in next.sorted(by: { $0.key < $1.key }) {
            note(from: turns[id]?.opening, to: changed, of: id)
            turns[id] = changed
        }
    }

    private func note(from former: Opening?, to turn: Turn, of id: ForwardID) {
        guard (former == .closed) != (turn.opening == .closed), table[id]?.enabled == true else {
            return
        }
        let until = turn.next.map { " until \($0.text)" } ?? ""
        let isOpen = turn.opening != .closed
        note(
            isOpen ? .opened : .closed, forward: table[id]?.name, detail: "by its schedule\(until)")
    }

    private func send(_ edits: [ActiveEdit]) -> Bool {
        guard !edits.isEmpty else { return true }
        settleAt = facts.now() + 1
        do throws(EngineError) {
            let report = try engine.apply(.edits(edits, engineSettings))
            if let failure = report.flowFailure {
                log.error("flows of closed forwards could not be ended yet: \(failure)")
            }
            return true
        } catch {
            log.error("a schedule or a month has turned, and the engine could not follow: \(error)")
            return false
        }
    }

    // Months.

    /// Of the gateway's zone: the year times twelve, and the month from 0.
    func monthNumber(_ now: Timestamp) -> Int32 {
        let (year, month, _) = surroundings.zones.own.wallClock(at: now).date.parts
        return Int32(truncatingIfNeeded: year * 12 + month - 1)
    }

    func bytesUsed(_ id: ForwardID) -> UInt64 { totals[id]?.used(in: month) ?? 0 }

    func turnMonth(_ now: Timestamp) {
        let current = monthNumber(now)
        guard current != month else { return }
        saveTotals()
        month = current
        exhausted = []
        let metered = used.keys.sorted().compactMap { table[$0] }
        let before = metered.map { installedForm(of: $0, in: surroundings) }
        for id in used.keys { used[id] = 0 }
        let edits = zip(metered, before).compactMap { forward, before -> ActiveEdit? in
            let after = installedForm(of: forward, in: surroundings)
            return before == after ? nil : ActiveEdit(before: before, after: after)
        }
        _ = send(edits)
    }

    /// What has been used by now, for budgets that the engine is told anew.
    func readBudgets() {
        let metered = table.all.filter { $0.limits.monthly != nil }
        guard !metered.isEmpty else { return }
        do throws(EngineError) {
            let report = try engine.traffic()
            for forward in metered {
                let total = totals[forward.id] ?? TrafficTotal()
                let reading = report.forwards[forward.id]
                used[forward.id] =
                    (reading.map { total.advanced(to: $0, in: month) } ?? total).used(in: month)
            }
        } catch { log.error("what budgets have used could not be read: \(error)") }
    }

    func noteExhausted() {
        for id in used.keys.sorted() where !exhausted.contains(id) {
            guard let most = table[id]?.limits.monthly, bytesUsed(id) >= most else { continue }
            exhausted.insert(id)
            note(
                .usedUp, forward: table[id]?.name,
                detail: "the month's \(ForwardSpelling.amountText(most)) have gone through")
        }
    }
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

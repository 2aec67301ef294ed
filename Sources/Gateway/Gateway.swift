package import Access
import Addressing
package import Forwarding
package import Logging
package import Storage

/// The one writer of the table.
///
/// Theory of operation. A request is decided on the table as it is, committed, and put in force, in one
/// step that nothing can come between: the store and the engine are called without waiting for anybody
/// (the actor is not left), so there is no moment in which the table, the store and the engine disagree
/// for others to see. What takes long (asking a name server) is done before. When the engine refuses
/// what was committed, the change is taken back as a revision of its own.
package actor Gateway {
    let store: any Store
    let engine: any ForwardingEngine
    let facts: any Facts
    let log: Logger
    package internal(set) var settings: GatewaySettings
    var table = ForwardingTable()
    var revision = 0
    var surroundings: Surroundings
    var totals: ByForward<TrafficTotal> = [:]
    /// When followed names have to be asked for again.
    var due: [HostName: Timestamp] = [:]
    /// Where all devices are by the last observation; `surroundings` has those that targets are.
    var devices: [MACAddress: ResolvedTarget]
    /// Forwards that the engine could not take over after their surroundings changed.
    var suspended: Set<ForwardID> = []
    /// Forwards with an end, and when it comes.
    var ends: [ForwardID: Timestamp] = [:]
    /// What the schedules of forwards say, for those that have one.
    var turns: [ForwardID: Turn] = [:]
    /// What forwards with a month's budget had used when the engine was told last, in bytes.
    var used: [ForwardID: UInt64] = [:]
    /// Those whose month is used up, and on record as that.
    var exhausted: Set<ForwardID> = []
    /// The month that bytes are counted for, and for how many ticks the clock has said an earlier one.
    var month: Int32 = 0
    var ticksBehind = 0
    var lastTick: Timestamp?
    /// Whether the kernel's time-outs have to be reckoned anew, since the clock was set.
    var clockWasSet = false
    /// Set when flows may have to be ended once more, to the time for it.
    var settleAt: Timestamp?
    /// When the table was restored lately.
    var fights: [Timestamp] = []
    /// Who has the table now; nil while it is held.
    package internal(set) var contest: TableDisturbance?
    /// A change that goes back by itself unless it is confirmed.
    var pending: PendingConfirmation?
    /// What devices have asked for and the operator has not decided yet.
    var asking = PendingLeases() {
        didSet { tellWatchers(.requests) }
    }
    /// What they were refused since the start.
    var refusals = LeaseRefusals()
    /// Since when devices may rely on what they know, and since when there is an external address.
    var epoch: LeaseEpoch
    var connected: Timestamp
    /// Who may use the API, as it was kept last, and the number of that state.
    package internal(set) var access = AccessState()
    package internal(set) var accessEdition = 0
    /// Who is told what devices have to be told.
    var listener: AsyncStream<LeaseEvent>.Continuation?
    /// What routers in front have given for forwards.
    var upstreamPorts: [ForwardID: [UpstreamPort]] = [:]
    /// The address of the router in front that serves devices, and the gateway's own behind it.
    var front: (own: IPv4Address, address: IPv4Address)?
    /// Who is told that something else may be wanted of them.
    var upstreamListener: AsyncStream<Void>.Continuation?
    /// Who is told of everything that changes, and the number that the last of them has.
    var watchers: [Int: AsyncStream<Event>.Continuation] = [:]
    var lastWatcher = 0
    /// The engine's counters as they were read last, and until when they will do; nil after a change.
    var reading: (report: TrafficReport, until: ContinuousClock.Instant)?
    /// What forwards have carried lately.
    var history: TrafficHistory
    /// Programs that wait for traffic, as they were a moment ago.
    var heard: (listeners: [Listener], at: Timestamp)?
    var startedAt: Timestamp
    var startReport = ApplyReport()

    package init(
        store: sending any Store, engine: sending any ForwardingEngine, facts: any Facts,
        settings: GatewaySettings, observation: NetworkObservation, log: Logger
    ) {
        self.store = store
        self.engine = engine
        self.facts = facts
        self.settings = settings
        self.log = log
        startedAt = facts.now()
        surroundings = Surroundings(
            network: observation.view, engines: settings.engines,
            leasing: Leasing(policy: settings.leasing))
        epoch = LeaseEpoch(since: startedAt, address: nil)
        connected = startedAt
        history = TrafficHistory(since: startedAt)
        devices = observation.devices
    }

    /// Loads the table and puts it in force; adopts what an earlier run has left in the engine.
    ///
    /// Nothing is waited for: followed targets are where they were last, and are asked for as soon as
    /// the clock runs.
    package func start() throws {
        let state = try store.load()
        table = state.table
        revision = state.revision
        totals = state.totals
        pending = state.pending
        access = state.access
        surroundings.leasing.policy.consents = state.consents
        beginEpoch(state.epoch)
        for forward in table.all { forward.ends.map { ends[forward.id] = $0 } }
        try dropEnded()
        recallTargets(state.resolved)
        recallTimes()
        // What was counted since the last run saved it, and whether that counts on.
        countFromHere()
        history = TrafficHistory(
            since: facts.now(), totals: totals.map { ($0.id, $0.value.total) })
        startReport = try establishAll()
        settleAt = facts.now() + 1
        let count = wantedForwards.count
        note(.started, detail: "\(count) forwards in force, \(startReport.adopted) adopted")
    }

    /// Forwards that ended while nobody was there; the engine has not been told of any yet.
    private func dropEnded() throws {
        let now = facts.now()
        guard
            case .accepted(let changes, _) = decide(
                .expire, by: .clock, table: table, surroundings: surroundings, now: now),
            !changes.isEmpty
        else { return }
        let notes = notes(on: changes, by: .clock)
        revision = try store.commit(
            changes, by: .clock, at: now, expecting: revision, noting: notes,
            pending: pending)
        adopt(changes, at: now)
        say(notes)
    }

    /// What the engine has of a forward.
    ///
    /// One that is over stays with the engine until the clock removes it from the table, so its end
    /// plays no part here (the kernel's own time-out has acted).
    func installedForm(of forward: Forward, in surroundings: Surroundings) -> ActiveForward? {
        guard !suspended.contains(forward.id) else { return nil }
        return forward.active(
            in: surroundings, opening: turns[forward.id]?.opening ?? .always,
            used: used[forward.id] ?? 0)
    }

    /// Decides a request and, unless it is only a question, puts what comes of it in force.
    package func submit(
        _ request: Request, by requester: Requester, dryRun: Bool = false,
        expecting expected: Int? = nil, confirmWithin patience: Int64? = nil
    ) async -> Answer {
        let answers = await resolve(
            request.names.filter { surroundings.resolved[.name($0)] == nil })
        if let expected, expected != revision {
            let moved = Problem.revision(found: revision)
            return refused([Refusal(field: .state, value: "\(expected)", problem: moved)])
        }
        return decideAndApply(
            request, by: requester, dryRun: dryRun, with: answers, confirmWithin: patience)
    }

    /// The step that nothing comes between.
    ///
    /// - Parameter patience: seconds after which the change goes back unless it is confirmed.
    func decideAndApply(
        _ request: Request, by requester: Requester, dryRun: Bool,
        with answers: [HostName: ResolvedName] = [:], confirmWithin patience: Int64? = nil
    ) -> Answer {
        var view = surroundings
        learn(answers, in: &view)
        for mac in request.devices { devices[mac].map { view.resolved[.mac(mac)] = $0 } }
        learnZones(of: request, in: &view)
        view.listeners = facts.listeners(on: request.claims(in: table))
        let outcome = decide(
            request, by: requester, table: table, surroundings: view, now: facts.now())
        switch outcome {
        case .refused(let refusals):
            if !dryRun { noteRefusals(refusals, by: requester) }
            return refused(refusals)
        case .accepted(let changes, let warnings):
            guard !dryRun, !changes.isEmpty else {
                let costs = costs(of: changes, in: view)
                return Answer(
                    changes: changes, warnings: warnings, revision: revision, costs: costs)
            }
            if let refusal = waiting(for: request) { return refused([refusal]) }
            view.listeners = []
            surroundings = view
            for (name, answer) in answers { due[name] = facts.now() + answer.seconds }
            defer { forgetUnusedTargets() }
            return commit(
                changes, warnings, by: requester, pending(after: request, within: patience))
        }
    }

    func commit(
        _ changes: [ForwardChange], _ warnings: [Warning], by requester: Requester,
        _ pending: PendingConfirmation?
    ) -> Answer {
        let notes = notes(on: changes, by: requester)
        do throws(StoreError) {
            revision = try store.commit(
                changes, by: requester, at: facts.now(), expecting: revision, noting: notes,
                pending: pending)
        } catch {
            log.error("the change could not be kept: \(error)")
            return refused([
                Refusal(field: .state, value: "", problem: .storage(error.sentence))
            ])
        }
        let (formerly, now) = (self.pending, facts.now())
        self.pending = pending
        let forgotten = forgotten(with: changes)
        if changes.contains(where: \.isMetered) { saveTotals() }
        let edits = edits(of: changes, in: surroundings, at: now)
        adopt(changes, at: now)
        do throws(EngineError) {
            let report = try putInForce(edits, isPatient: requester == .devices)
            say(notes)
            tellDevices(of: changes, by: requester)
            if let failure = report.flowFailure {
                log.error("flows of the old terms could not be ended yet: \(failure)")
            }
            return Answer(
                changes: changes, warnings: warnings, revision: revision,
                flowsEnded: report.flowsEnded, confirmBy: pending?.deadline)
        } catch {
            guard requester != .clock else { return keep(changes, despite: error) }
            self.pending = formerly
            return takeBack(changes, because: error, by: requester, to: forgotten)
        }
    }

    private func forgotten(with changes: [ForwardChange]) -> Forgotten {
        var forgotten = Forgotten(suspended: suspended)
        for change in changes where change.after == nil {
            guard let id = change.before?.id else { continue }
            forgotten.totals[id] = totals[id]
        }
        return forgotten
    }

    private func putInForce(
        _ edits: [ActiveEdit], isPatient: Bool
    ) throws(EngineError) -> ApplyReport {
        guard !edits.isEmpty else { return ApplyReport() }
        // Devices may ask all the time: what waits for a second does not wait for the last of them.
        settleAt = isPatient ? settleAt ?? facts.now() + 1 : facts.now() + 1
        return try tell(edits, isPatient: isPatient)
    }

    /// Takes committed changes into memory.
    func adopt(_ changes: [ForwardChange], at now: Timestamp) {
        table.apply(changes)
        reading = nil
        restPorts(of: changes, at: now)
        for change in changes { keepTime(of: change, at: now) }
        upstreamListener?.yield()
        tellWatchers(.table(revision: revision))
        for change in changes {
            if let before = change.before {
                ends[before.id] = nil
                if change.after == nil { totals[before.id] = nil }
            }
            change.after.map { ends[$0.id] = $0.ends }
            change.before.map { _ = suspended.remove($0.id) }
        }
    }

    var engineSettings: EngineSettings {
        EngineSettings(
            network: surroundings.network, guarded: settings.guarded, now: facts.now())
    }

    func refused(_ refusals: [Refusal]) -> Answer {
        Answer(refusals: refusals, revision: revision)
    }
}

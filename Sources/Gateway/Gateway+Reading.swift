package import Addressing
package import Forwarding
package import Storage

/// What can be asked of the gateway. Nothing here changes anything.
extension Gateway {
    package struct View: Sendable {
        package var forward: Forward
        package var state: ForwardState
        package var traffic: Traffic
        /// Bytes of this calendar month.
        package var monthBytes: UInt64
        /// When it was seen to carry something, to half a minute; nil for never.
        package var lastUsed: Timestamp?
        /// When the schedule opens or closes next.
        package var nextChange: Timestamp?
        /// What carries it.
        package var choice: EngineChoice
        /// What the routers in front say to it.
        package var upstream: [UpstreamPort]
    }

    package struct Status: Sendable {
        package var revision: Int
        package var started: Timestamp
        package var now: Timestamp
        package var forwards: Int
        package var inForce: Int
        package var adopted: Int
        package var network: NetworkView
        package var guarded: Bool
        package var guardedVolume: Volume
        package var capabilities: EngineCapabilities
        /// Who has the table though it is ours; nil while it is held.
        package var contest: TableDisturbance?
    }

    package func currentRevision() -> Int { revision }

    /// Whether the engine holds the table: no other program has it.
    package var isInForce: Bool { contest == nil }

    /// The table and what is around it, for those who want to reckon with it.
    package func situation() -> Trace {
        Trace(
            table: table, surroundings: surroundings, now: facts.now(), guarded: settings.guarded)
    }

    /// Forwards that the engine could not take over when their surroundings changed.
    package func usedUpForwards() throws -> Set<ForwardName> {
        guard !used.isEmpty else { return [] }
        let spent = try forwards().views.filter { $0.state == .usedUp }
        return Set(spent.map(\.forward.name))
    }

    package func suspendedForwards() -> Set<ForwardName> {
        Set(suspended.compactMap { table[$0]?.name })
    }

    /// The engine's counters, for looking at.
    ///
    /// Reading those of 10,000 forwards takes 13 ms, and many may look at once: a reading serves for
    /// four times as long as it took, so that looking takes a fifth of the time at most. With few forwards
    /// that is below a millisecond.
    func trafficLately() throws -> TrafficReport {
        let start = ContinuousClock.now
        if let reading, start < reading.until { return reading.report }
        let report = try engine.traffic()
        let end = ContinuousClock.now
        reading = (report, end + (end - start) * 4)
        return report
    }

    /// All forwards with their state, by name.
    package func forwards() throws -> (views: [View], revision: Int) {
        let report = try trafficLately()
        return (table.sorted.map { view($0, report) }, revision)
    }

    /// A forward as the table has it.
    package func terms(of name: ForwardName) -> Forward? { table[name] }

    package func forward(_ name: ForwardName) throws -> View? {
        guard let forward = table[name] else { return nil }
        return view(forward, try trafficLately())
    }

    private func view(_ forward: Forward, _ report: TrafficReport) -> View {
        let advanced = advanced(forward.id, to: report.forwards[forward.id])
        return View(
            forward: forward, state: state(of: forward, used: advanced.used(in: month), report),
            traffic: advanced.total, monthBytes: advanced.used(in: month),
            lastUsed: advanced.lastUsed, nextChange: turns[forward.id]?.next,
            choice: forward.engineChoice(among: settings.engines),
            upstream: upstreamPorts[forward.id] ?? [])
    }

    private func state(
        of forward: Forward, used: UInt64, _ report: TrafficReport
    ) -> ForwardState {
        guard forward.enabled else { return .disabled }
        let now = facts.now()
        guard !forward.hasEnded(at: now) else { return .ended }
        guard !suspended.contains(forward.id) else { return .suspended }
        guard turns[forward.id]?.opening != .closed else { return .closed }
        if isUsedUp(forward, used, report) { return .usedUp }
        guard let active = forward.active(in: surroundings, at: now) else { return .targetUnknown }
        let hasAddress: Bool =
            switch active.scope {
            case .everyWAN: active.isPinhole || !surroundings.network.wanAddresses.isEmpty
            case .addresses(let addresses): active.isPinhole || !addresses.isEmpty
            }
        guard hasAddress else { return .noWANAddress }
        return .inForce(active.places)
    }

    /// The flows of a forward and the bytes of its month; nil when it is gone.
    package func carried(by id: ForwardID) throws -> (flows: [LiveFlow], monthBytes: UInt64)? {
        guard let name = table[id]?.name, let view = try forward(name) else { return nil }
        return (try engine.flows(of: id), view.monthBytes)
    }

    package func status() throws -> Status {
        let now = facts.now()
        let report = try trafficLately()
        return Status(
            revision: revision, started: startedAt, now: now, forwards: table.count,
            inForce: table.all.count { forward in
                if case .inForce = state(of: forward, used: bytesUsed(forward.id), report) {
                    true
                } else {
                    false
                }
            },
            adopted: startReport.adopted, network: surroundings.network,
            guarded: settings.guarded && surroundings.engines.hasKernel,
            guardedVolume: report.guarded,
            capabilities: engine.capabilities, contest: contest)
    }

    package func activity(of name: ForwardName?, limit: Int) throws -> [Activity] {
        try store.activity(of: name, limit: limit)
    }

    package func activity(
        of name: ForwardName?, before number: Int?, limit: Int
    ) throws -> [Recorded] {
        try store.activity(of: name, before: number, limit: limit)
    }

    /// Goes over to other settings (a configuration file that was read again).
    package func adopt(_ settings: GatewaySettings) throws {
        guard settings != self.settings else { return }
        var wanted = engineSettings
        wanted.guarded = settings.guarded
        _ = try engine.apply(.edits([], wanted))
        let chained = self.settings.chainsLeases
        self.settings = settings
        surroundings.engines = settings.engines
        let consents = surroundings.leasing.policy.consents
        surroundings.leasing.policy = settings.leasing
        surroundings.leasing.policy.consents = consents
        upstreamListener?.yield()
        if chained != settings.chainsLeases { tellDevicesOfNetwork() }
    }
}

/// How a forward is doing.
package enum ForwardState: Hashable, Sendable {
    /// With the addresses of its targets at the moment; a Unix socket has none.
    case inForce([IPAddress])
    case disabled
    case ended
    /// The target's name or hardware address has not been found.
    case targetUnknown
    /// The WAN has no address at the moment.
    case noWANAddress
    /// The engine could not take it over when its surroundings changed.
    case suspended
    /// By its schedule.
    case closed
    /// The month's bytes have gone through.
    case usedUp
}

import Addressing
import CLinux
package import Forwarding
import LinuxKit

/// The engine that carries forwards itself: what reaches the gateway is passed on to the target.
///
/// Theory of operation. A change is made in two steps. First everything that can fail: the sockets at
/// new external places are opened and made to wait; if one cannot be had, those opened so far are
/// closed, and nothing has changed. Then the loops are told, in one batch each: plans, sockets, what is
/// to be closed. Connections that came between the two steps wait in the kernel. Forwards whose bounds
/// have to be exact live on one loop; all others on every one, the kernel spreading the connections.
///
/// Owner: the gateway's actor. A question to the loops waits for their turn: some tens of microseconds.
package final class RelayEngine: ForwardingEngine {
    package let capabilities = EngineCapabilities(engine: "relay", isProtected: true)
    /// Where the relay listens, for those who look for obstacles.
    package let held = HeldPlaces()
    let loops: [LoopHandle]
    /// Sockets of the process before this one.
    var inherited: InheritedSockets
    private let health: HealthLoop
    var carried: [ForwardID: ActiveForward] = [:]
    var plans: [ForwardID: ServicePlan] = [:]
    var listening: [ListenKey: Listening] = [:]
    var settings: EngineSettings?
    var lastListener: ListenerID = 0
    let transparentWay: TransparentWay
    var hasTransparentWay = false
    private var isLeft = false
    /// Added to the generations of places in the numbers that flows are known by: one that an earlier
    /// run gave away leads nowhere.
    let run = UInt32.random(in: 0...UInt32.max)

    /// One place that is listened at.
    struct Listening {
        var forward: ForwardID
        /// Which loops are to listen there.
        var loops: [Int]
        /// Which do, and by which numbers they know the sockets.
        var sockets: [(loop: Int, number: ListenerID)]
    }

    /// Starts the loops' threads in the network namespace of the calling thread.
    ///
    /// - Parameter announce: is called from the threads, seldom, with what an operator should know.
    /// - Parameter inherited: sockets that an earlier process has left, found again by their places.
    package init(
        _ settings: RelaySettings, inherited: consuming InheritedSockets = InheritedSockets(),
        announce: @escaping @Sendable (RelayRemark) -> Void
    ) throws(EngineError) {
        let sizes = settings.sizes()
        transparentWay = settings.transparentWay
        let clock = LoopClock.now()
        var loops: [LoopHandle] = []
        for number in 0..<settings.loopCount {
            do throws(RelayError) {
                loops.append(try LoopHandle(number, sizes, clock, announce: announce))
            } catch {
                for loop in loops { loop.stop() }
                throw EngineError(error)
            }
        }
        self.loops = loops
        self.inherited = inherited
        let all = loops
        do throws(RelayError) {
            health = try HealthLoop { change in
                for loop in all { loop.post([.setDown(change)]) }
                announce(change.remark)
            }
        } catch {
            for loop in loops { loop.stop() }
            throw EngineError(error)
        }
    }

    /// Has the targets of a forward tried, as its plan says.
    func watchHealth(of forward: ForwardID, _ plan: ServicePlan?) {
        guard let plan, let check = plan.check else { return health.forget(forward) }
        health.watch(forward, plan.healthSubjects, by: check)
    }

    /// The loops do not end with the engine: whoever has this says when.
    package func leave() -> RelayLeave {
        isLeft = true
        return RelayLeave(loops: loops)
    }

    deinit {
        health.stop()
        guard !isLeft else { return }
        for loop in loops { loop.stop() }
    }

    package func installed() throws(EngineError) -> Set<ForwardID> { Set(carried.keys) }

    package func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        let (after, settings) = try outcome(of: change)
        let wanted = try places(of: after, in: settings.network)
        let adopted = after.count { carried[$0.key] == $0.value }
        let isIntact = after == carried && settings.network == self.settings?.network
        let fresh = try open(wanted, by: after, in: settings.network)
        let touched = carried.filter { after[$0.key] != $0.value }.map(\.key)
        try openTransparentWay(for: after)
        commit(after, settings, wanted, fresh)
        let isWhole = if case .everything = change { true } else { false }
        closeTransparentWay(after: after, isStart: isWhole)
        // What nobody has wanted by now, nobody will.
        if isWhole { inherited = InheritedSockets() }
        return ApplyReport(
            flowsEnded: try endStaleFlows(of: touched), adopted: isWhole ? adopted : 0,
            foundIntact: isWhole && isIntact)
    }

    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        Set(carried.values) == Set(forwards) && self.settings?.network == settings.network
    }

    package func settle() throws(EngineError) -> ApplyReport { ApplyReport() }

    /// The sockets go by way of `leave`; nothing else is held.
    package func release() {}

    package func withdraw() throws(EngineError) {
        let network = settings?.network ?? NetworkView()
        let none = EngineSettings(network: network, guarded: false, now: Timestamp(seconds: 0))
        _ = try apply(.everything([], none))
        settings = nil
    }

    private func outcome(
        of change: EngineChange
    ) throws(EngineError) -> ([ForwardID: ActiveForward], EngineSettings) {
        switch change {
        case .everything(let forwards, let settings):
            var after: [ForwardID: ActiveForward] = [:]
            for forward in forwards {
                guard after.updateValue(forward, forKey: forward.id) == nil else {
                    throw .refused(forward.id, code: ErrorNumber.exists, detail: "")
                }
            }
            return (after, settings)
        case .edits(let edits, let settings):
            // Before the first whole table there is nothing to edit.
            guard self.settings != nil else {
                throw .system(code: ErrorNumber.invalid, during: .commit)
            }
            return (carried(after: edits), settings)
        }
    }

    func carried(after edits: [ActiveEdit]) -> [ForwardID: ActiveForward] {
        var after = carried
        for edit in edits { edit.before.map { after[$0.id] = nil } }
        for edit in edits { edit.after.map { after[$0.id] = $0 } }
        return after
    }
}

extension EngineError {
    init(_ error: RelayError) {
        switch error {
        case .noMemory: self = .system(code: ErrorNumber.noMemory, during: .open)
        case .system(let code): self = .system(code: code, during: .open)
        }
    }
}

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
    var carried: ByForward<ActiveForward> = [:]
    var listening: [ListenKey: Listening] = [:]
    var settings: EngineSettings?
    var lastListener: ListenerID = 0
    let transparentWay: TransparentWay
    var hasTransparentWay = false
    private var isLeft = false
    /// Added to the generations of places in the numbers that flows are known by: one that an earlier
    /// run gave away leads nowhere.
    let run = UInt32.random(in: 0...UInt32.max)

    /// UDP places that were closed while flows still answered by their sockets.
    var lingering: Set<ListenKey> = []
    /// Forwards whose targets are tried.
    var checked: Set<ForwardID> = []
    /// Forwards whose targets see the client's own address.
    var transparent: Set<ForwardID> = []

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
    func watchHealth(_ edit: ActiveEdit, in network: NetworkView) {
        guard let after = edit.after, after.relay.terms.check != nil else {
            guard let id = (edit.before ?? edit.after)?.id, checked.remove(id) != nil else {
                return
            }
            return health.forget(id)
        }
        let plan = ServicePlan(after, in: network)
        guard let check = plan.check else { return }
        checked.insert(after.id)
        health.watch(after.id, plan.healthSubjects, by: check)
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

    package func installed() throws(EngineError) -> Set<ForwardID> { Set(carried.map(\.id)) }

    package func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        let turn = try RelayTurn(change, carried, settings)
        let claims = try claims(of: turn)
        var opened = try open(claims, in: turn)
        do throws(EngineError) { try openTransparentWay(for: turn) } catch {
            keepInherited(&opened)
            throw error
        }
        commit(turn, claims, opened)
        closeTransparentWay(isStart: turn.isWhole)
        // What nobody has wanted by now, nobody will.
        if turn.isWhole { inherited = InheritedSockets() }
        var report = ApplyReport(
            adopted: turn.adopted, foundIntact: turn.isWhole && turn.edits.isEmpty)
        // Behind the change, which is in force: a failure here is none of the change.
        do throws(EngineError) {
            report.flowsEnded = try endStaleFlows(of: turn.edits.compactMap { $0.before?.id })
        } catch { report.flowFailure = error }
        return report
    }

    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        forwards.count == carried.count && forwards.allSatisfy { carried[$0.id] == $0 }
            && self.settings?.network == settings.network
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
}

extension EngineError {
    init(_ error: RelayError) {
        switch error {
        case .noMemory: self = .system(code: ErrorNumber.noMemory, during: .open)
        case .system(let code): self = .system(code: code, during: .open)
        }
    }
}

import CLinux
import Forwarding

/// What time brings.
extension RelayLoop {
    /// Milliseconds for the first bytes of a client, where they decide where it goes.
    static let greetingPatience: UInt64 = 5_000
    /// Milliseconds after which the sockets get their keepalive: short flows need none, and it is five
    /// system calls for each.
    private static let keepAliveDelay: UInt64 = 5_000

    /// Hangs the flow into the wheel for when it has to be looked at next.
    func watchDeadline(_ id: FlowID) {
        // Rounded up: a visit must not come too early and go in vain.
        wheel.set(id.index, at: deadline(of: flows[id.index]) / TimerWheel.tick + 1)
    }

    func visitDue() {
        let tick = now / TimerWheel.tick
        while let index = wheel.due(by: tick) { visit(slots.id(at: index)) }
    }

    private func deadline(of flow: StreamFlow) -> UInt64 {
        let timeouts = services[flow.service].terms.timeouts
        switch flow.phase {
        case .greeting: return flow.phaseBegan + Self.greetingPatience
        case .connecting:
            return flow.phaseBegan
                + (hasRival(flow) ? min(Self.familyDelay, timeouts.connect) : timeouts.connect)
        case .flowing:
            let idle = flow.lastActive + silence(of: flow, timeouts)
            return flow.isKeptAlive ? idle : min(idle, flow.phaseBegan + Self.keepAliveDelay)
        case .resetting: return now + TimerWheel.tick
        }
    }

    private func silence(of flow: StreamFlow, _ timeouts: ServiceTerms.Timeouts) -> UInt64 {
        flow.isHalfOpen ? min(timeouts.halfOpen, timeouts.idle) : timeouts.idle
    }

    private func visit(_ id: FlowID) {
        let flow = flows[id.index]
        guard flow.phase != .resetting else { return finishReset(id) }
        // One that a bandwidth holds back comes here at each tick.
        if flow.phase == .flowing, services[flow.service].isThrottled {
            advance(id)
            guard slots.holds(id), !wheel.isSet(id.index) else { return }
        }
        guard deadline(of: flows[id.index]) <= now else { return watchDeadline(id) }
        switch flow.phase {
        case .greeting: end(id, EndReason(.clientTimeout, .greeting), abruptly: true)
        case .connecting: connectingTakesLong(id)
        case .flowing: isSilent(id)
        case .resetting: break
        }
    }

    private func connectingTakesLong(_ id: FlowID) {
        let flow = flows[id.index]
        let patience = services[flow.service].terms.timeouts.connect
        if hasRival(flow), now < flow.phaseBegan + patience {
            startRival(id)
            if slots.holds(id) { watchDeadline(id) }
            return
        }
        giveUpAttempts(id)
    }

    private func isSilent(_ id: FlowID) {
        let flow = flows[id.index]
        let timeouts = services[flow.service].terms.timeouts
        guard flow.lastActive + silence(of: flow, timeouts) > now else {
            guard !isTaking(id) else { return watchDeadline(id) }
            // The side that still owed something is the one that let it come to this.
            let owes: EndReason.Cause =
                flow.down.source == .open ? .serverTimeout : .clientTimeout
            return end(id, EndReason(owes, flow.endPhase), abruptly: true)
        }
        _ = KeepAlive.standard.set(on: flow.client.descriptor)
        _ = KeepAlive.standard.set(on: flow.target.descriptor)
        flows[id.index].isKeptAlive = true
        watchDeadline(id)
    }
}

extension RelayLoop {
    /// Whether a slow reader has taken something since the last look: the socket tells of room in it only
    /// when a third of it is free, which may be megabytes.
    private func isTaking(_ id: FlowID) -> Bool {
        let left =
            max(0, clinux_unacknowledged(flows[id.index].client.descriptor))
            + max(0, clinux_unacknowledged(flows[id.index].target.descriptor))
        guard left > 0, left != flows[id.index].unsettled else { return false }
        flows[id.index].unsettled = left
        flows[id.index].lastActive = now
        return true
    }
}

/// How a peer that has vanished is found out.
///
/// Both are needed: keepalive notices it while nothing is sent, the user time-out while something is
/// (RFC 5482). Since Linux 5.11 the latter counts against a reader that has stopped as well, so it is
/// as long as a pause may be: 15 minutes, about what the kernel's own retries take.
struct KeepAlive: Sendable {
    var idle: Int32 = 60
    var interval: Int32 = 20
    var count: Int32 = 3
    var userTimeout: Int32 = 900_000

    static let standard = KeepAlive()

    func set(on descriptor: Int32) -> Int32 {
        clinux_keep_alive(descriptor, idle, interval, count, userTimeout)
    }
}

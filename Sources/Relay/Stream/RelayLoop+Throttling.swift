import CLinux
import Forwarding

/// Moving no more than a bandwidth allows.
///
/// What may not be read now stays in the socket, where it holds back the sender. The wheel brings the
/// flow back at the next tick.
extension RelayLoop {
    func throttle(_ id: FlowID) {
        let service = flows[id.index].service
        let allowed = allowance(id, service)
        var left = (up: min(Self.share, allowed.up), down: min(Self.share, allowed.down))
        let before = (flows[id.index].up.bytes, flows[id.index].down.bytes)
        let given = left
        let wasHalfOpen = flows[id.index].isHalfOpen
        let steps = move(&flows[id.index], &left)
        if flows[id.index].isHalfOpen != wasHalfOpen { watchDeadline(id) }
        take(id, service, up: given.up - left.up, down: given.down - left.down)
        count(id, since: before)
        let isHeldBack =
            steps.up == .read && given.up < Self.share
            || steps.down == .read && given.down < Self.share
        guard isHeldBack else { return conclude(id, steps.up, steps.down) }
        // Everything else that the steps can say is still to be said.
        conclude(
            id, steps.up == .read ? .wait : steps.up, steps.down == .read ? .wait : steps.down)
        if slots.holds(id) { wheel.set(id.index, at: now / TimerWheel.tick + 1) }
    }

    private func allowance(_ id: FlowID, _ service: Int32) -> (up: Int, down: Int) {
        let (all, own) = rates(service)
        return (
            min(
                services[service].upward.available(at: now, rate: all),
                flows[id.index].upward.available(at: now, rate: own)),
            min(
                services[service].downward.available(at: now, rate: all),
                flows[id.index].downward.available(at: now, rate: own))
        )
    }

    private func take(_ id: FlowID, _ service: Int32, up: Int, down: Int) {
        services[service].upward.take(up)
        services[service].downward.take(down)
        flows[id.index].upward.take(up)
        flows[id.index].downward.take(down)
    }

    /// Bits in a second, of the service and of each flow; 0 for no bound.
    private func rates(_ service: Int32) -> (all: UInt64, own: UInt64) {
        let terms = services[service].terms
        return (terms.limits.bandwidth ?? 0, terms.flowBandwidth)
    }
}

import Addressing
import CLinux
import Forwarding

/// Whether a flow would come about as it is, were it to begin now.
struct StaleJudgement {
    private let forward: ActiveForward?
    private let keys: Set<ListenKey>
    private let plan: ServicePlan?

    init(_ forward: ActiveForward?, _ network: NetworkView) {
        self.forward = forward
        plan = forward.map { ServicePlan($0, in: network) }
        // A schedule that keeps what lives closes the door, and no more.
        var open = forward
        if forward?.lapses != .longAgo { open?.admits = .always }
        keys = Set(open?.listenKeys(in: network) ?? [])
    }

    func condemns(_ flow: FlowFacts) -> Bool {
        // Its last words are on their way, and nothing else will be.
        guard flow.phase != .resetting else { return false }
        guard let plan, forward?.lapses != .longAgo else { return true }
        let asked = flow.external.endpoint
        let isAsked = keys.contains {
            $0.hears(asked.address) && $0.port == asked.port
                && $0.transport == (flow.isStream ? .tcp : .udp)
        }
        guard isAsked else { return true }
        return !plan.admits(flow.source.endpoint) || !leadsStill(flow, plan)
    }

    private func leadsStill(_ flow: FlowFacts, _ plan: ServicePlan) -> Bool {
        // Not connected yet: it will be by what is said now.
        guard flow.phase != .greeting, flow.phase != .connecting else { return true }
        let places = plan.groups.joined()
        guard let target = flow.target?.endpoint else { return places.contains { $0.path != nil } }
        let port = flow.external.port &- plan.firstPort
        return places.contains { place in
            guard place.firstPort &+ port == target.port else { return false }
            return switch target.address {
            case .v4(let address): place.v4 == address
            case .v6(let address): place.v6 == address
            }
        }
    }
}

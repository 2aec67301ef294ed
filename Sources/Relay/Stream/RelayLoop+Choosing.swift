import CLinux
import Forwarding

/// Which target a flow goes to.
extension RelayLoop {
    /// Puts the flow on the first target to try; false when there is none.
    func chooseTarget(_ id: FlowID) -> Bool {
        let flow = flows[id.index]
        let place = choosePlace(of: flow.service, group: flow.group, for: flow.source)
        guard let place else { return false }
        take(id, place, in: services[flow.service].groups[Int(flow.group)])
        return true
    }

    /// The place in a group of targets for a new flow of this client; nil when the group is empty.
    func choosePlace(of service: Int32, group: Int32, for client: clinux_endpoint) -> Int32? {
        // A forward that is gone has none, until its flows are taken out as well.
        guard Int(group) < services[service].groups.count else { return nil }
        let targets = services[service].groups[Int(group)]
        guard targets.places.count > 0 else { return nil }
        let place = firstPlace(of: targets, services[service].terms.balance, client)
        services[service].groups[Int(group)].turn = place + 1
        return place
    }

    private func firstPlace(
        of group: TargetGroup, _ balance: Balance, _ client: clinux_endpoint
    ) -> Int32 {
        let count = Int32(group.places.count)
        guard count > 1 else { return 0 }
        let start: Int32 =
            switch balance {
            case .roundRobin: group.turn % count
            case .leastConnections: leastBusy(of: group)
            case .sourceHash: Int32(hash(of: client) % UInt64(count))
            }
        return nextUp(from: start, in: group) ?? start
    }

    private func leastBusy(of group: TargetGroup) -> Int32 {
        let count = Int32(group.places.count)
        var best = nextUp(from: group.turn % count, in: group) ?? group.turn % count
        for step in 1..<count {
            let place = (group.turn + step) % count
            guard !group.places[Int(place)].isDown else { continue }
            if group.places[Int(place)].live < group.places[Int(best)].live { best = place }
        }
        return best
    }

    /// The first place from `start` on that is not down; nil when all are.
    private func nextUp(from start: Int32, in group: TargetGroup) -> Int32? {
        let count = Int32(group.places.count)
        for step in 0..<count where !group.places[Int((start + step) % count)].isDown {
            return (start + step) % count
        }
        return nil
    }

    /// The address alone, so that a client's connections stay together (splitmix64's finish).
    private func hash(of client: clinux_endpoint) -> UInt64 {
        var bits = client.high &* 0x9e37_79b9_7f4a_7c15 ^ client.low
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    private func take(_ id: FlowID, _ place: Int32, in group: TargetGroup) {
        flows[id.index].place = place
        flows[id.index].attempts += 1
        flows[id.index].triesV4 = !group.places[Int(place)].hasV6
        flows[id.index].hadRival = false
        group.places[Int(place)].live += 1
    }

    /// Goes on to the other family of the target, or to the next target; false when all were tried.
    func chooseAnother(_ id: FlowID) -> Bool {
        let flow = flows[id.index]
        guard flow.plan == services[flow.service].plan else { return false }
        let group = services[flow.service].groups[Int(flow.group)]
        let place = group.places[Int(flow.place)]
        if !flow.hadRival, place.hasV4, place.hasV6 {
            flows[id.index].hadRival = true
            flows[id.index].triesV4 = !flow.triesV4
            return true
        }
        leave(flow)
        let count = Int32(group.places.count)
        guard flow.attempts < UInt16(clamping: count) else {
            flows[id.index].place = -1
            return false
        }
        let after = (flow.place + 1) % count
        take(id, nextUp(from: after, in: group) ?? after, in: group)
        flows[id.index].phaseBegan = now
        return true
    }

    /// Counts a flow out of its target, if the plan is still the one that it was counted in by.
    func leave(_ flow: StreamFlow) {
        guard flow.place >= 0, flow.attempts > 0 else { return }
        leavePlace(flow.place, of: flow.service, flow.plan, group: flow.group)
    }

    func leavePlace(_ place: Int32, of service: Int32, _ plan: UInt32, group: Int32) {
        guard plan == services[service].plan else { return }
        services[service].groups[Int(group)].places[Int(place)].live -= 1
    }

    /// Whether there is another family to try beside the one that is not answered.
    func hasRival(_ flow: StreamFlow) -> Bool {
        guard !flow.hadRival, flow.plan == services[flow.service].plan else { return false }
        let place = services[flow.service].groups[Int(flow.group)].places[Int(flow.place)]
        return place.hasV4 && place.hasV6
    }
}

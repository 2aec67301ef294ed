import Addressing
import Forwarding
import Netlink

/// Elements of forwards with more than ports and a target.
extension ElementCompiler {
    /// Each port is an element with an empty mark: what finds it is nobody's, and looks no further.
    ///
    /// Never in the maps of ranges, which are looked at later than those of ports.
    func placeException(_ forward: ActiveForward, in placed: inout [PlacedElement]) {
        let nobody = SetElement.Data.value(RegisterImage().mark(0))
        for transport in forward.transports.all {
            for port in forward.ports.ports {
                for (map, start) in exceptionKeys(forward.scope) {
                    let key = start.transport(transport).port(port)
                    placed.append(PlacedElement(set: map, element: SetElement(key, data: nobody)))
                }
            }
        }
    }

    private func exceptionKeys(_ scope: ActiveForward.Scope) -> [(String, RegisterImage)] {
        switch scope {
        case .everyWAN: [("any4", RegisterImage()), ("any6", RegisterImage())]
        case .addresses(let addresses):
            addresses.map {
                ($0.family == .v4 ? "at4" : "at6", RegisterImage().address($0))
            }
        }
    }

    func placeWhole(of forward: ActiveForward, in placed: inout [PlacedElement]) {
        let mark = RegisterImage().mark(mask.mark(of: forward.id))
        func place(_ set: String, at address: IPAddress, _ value: RegisterImage) {
            let element = SetElement(RegisterImage().address(address), data: .value(value))
            placed.append(PlacedElement(set: set, element: element))
        }
        if forward.isPinhole, let target6 = forward.target6 {
            place("open6", at: .v6(target6), mark)
        }
        guard case .addresses(let addresses) = forward.scope else { return }
        for address in addresses {
            switch address {
            case .v4 where forward.target4 != nil: place("whole4", at: address, mark)
            case .v6 where forward.target6 != nil && !forward.isPinhole:
                place("whole6", at: address, mark)
            default: break
            }
        }
        guard let own = forward.ownAddress else { return }
        let target: IPAddress? =
            own.family == .v4
            ? forward.target4.map(IPAddress.v4) : forward.target6.map(IPAddress.v6)
        guard let target else { return }
        for wan in forward.ownWANs {
            placed.append(
                PlacedElement(
                    set: own.family == .v4 ? "source4" : "source6",
                    element: SetElement(
                        RegisterImage().address(target).interface(wan),
                        data: .value(RegisterImage().address(own)))))
        }
    }

    /// Blocks of peers stand with the chain that asks for them.
    func placePeers(
        of forward: ActiveForward, _ mark: RegisterImage, in placed: inout [PlacedElement]
    ) {
        for peer in forward.sources.peers where !peer.isBlock {
            guard let port = peer.port else { continue }
            let address = peer.prefix.base
            placed.append(
                PlacedElement(
                    set: address.family == .v4 ? "peer4" : "peer6",
                    element: SetElement(mark.address(address).port(port))))
        }
    }

    func placeTimes(
        of forward: ActiveForward, _ mark: RegisterImage, in placed: inout [PlacedElement]
    ) {
        if let lapses = forward.lapses {
            placed.append(PlacedElement(set: "leased", element: SetElement(mark)))
            if lapses != .longAgo {
                placed.append(PlacedElement(set: "lease", element: timed(mark, until: lapses)))
            }
        }
        if case .until(let moment) = forward.admits {
            placed.append(PlacedElement(set: "open", element: timed(mark, until: moment)))
        }
    }

    private func timed(_ mark: RegisterImage, until end: Timestamp) -> SetElement {
        SetElement(mark, timeout: milliseconds(until: end))
    }

    private func milliseconds(until end: Timestamp) -> UInt64 {
        UInt64(max(1, end.seconds - now.seconds)) * 1000
    }

    /// An element for each port: a value of a map cannot be counted from its key.
    ///
    /// They end with the lease, in the kernel.
    func placeLeaving(of forward: ActiveForward, in placed: inout [PlacedElement]) {
        guard let target = forward.target4, !forward.isWhole, forward.lapses != .longAgo else {
            return
        }
        let timeout = forward.lapses.map { milliseconds(until: $0) }
        for transport in forward.transports.all {
            let flow = RegisterImage().address(.v4(target)).transport(transport)
            for port in forward.ports.ports {
                let element = SetElement(
                    flow.port(forward.targetPort(for: port)),
                    data: .value(RegisterImage.lonePort(port)), timeout: timeout)
                placed.append(PlacedElement(set: "leave4", element: element))
            }
        }
    }

    func placeMeters(
        of forward: ActiveForward, _ mark: RegisterImage, in placed: inout [PlacedElement]
    ) {
        if let most = forward.limits.monthly {
            let quota = Stateful.quota(most, used: min(forward.used, most))
            placed.append(
                PlacedElement(set: "budget", element: SetElement(mark, stateful: quota)))
        }
        guard let bits = forward.limits.bandwidth else { return }
        for set in ["pace_in", "pace_out"] {
            placed.append(
                PlacedElement(set: set, element: SetElement(mark, stateful: .bytes(bits / 8))))
        }
    }
}

import Addressing
package import Forwarding

/// Both engines as one: each forward goes to the one that carries it.
///
/// Theory of operation. The kernel carries whatever it can; `EngineChoice` says what it cannot. A change
/// is split, and given to the relay first: binding a port is what fails, and it fails without having
/// changed anything. When the kernel then refuses its part, the relay takes its own back. A forward that
/// moves from one engine to the other is taken from one and given to the other.
///
/// Where something in the kernel takes a whole address, forwards of the relay are told to the kernel as
/// exceptions: their packets are for the gateway itself.
///
/// Owner: the gateway's actor.
package final class EnginePair: ForwardingEngine {
    private let kernel: (any ForwardingEngine)?
    private let relay: (any ForwardingEngine)?
    package let available: AvailableEngines
    package let capabilities: EngineCapabilities
    /// What the relay carries, and what in the kernel takes whole addresses.
    private var relayed: ByForward<ActiveForward> = [:]
    private var wholes: Set<ForwardID> = []

    package init(kernel: any ForwardingEngine, relay: any ForwardingEngine) {
        (self.kernel, self.relay) = (kernel, relay)
        available = .both
        capabilities = kernel.capabilities
    }

    /// Only one of them; the other's forwards are refused.
    package init(kernel: any ForwardingEngine) {
        (self.kernel, relay) = (kernel, nil)
        available = .kernel
        capabilities = kernel.capabilities
    }

    /// - Parameter reason: why the kernel is not used.
    package init(relay: any ForwardingEngine, because reason: RelayReason) {
        (kernel, self.relay) = (nil, relay)
        available = .relay(reason)
        capabilities = relay.capabilities
    }

    package func installed() throws(EngineError) -> Set<ForwardID> {
        var all: Set<ForwardID> = []
        if let kernel { all.formUnion(try kernel.installed()) }
        if let relay { all.formUnion(try relay.installed()) }
        return all
    }

    package func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        let division = try divide(change)
        var report = ApplyReport()
        if let relay { report = try relay.apply(division.relay) }
        do throws(EngineError) {
            if let kernel {
                report = report.joined(
                    with: try kernel.apply(division.kernel), hasBoth: relay != nil)
            }
        } catch {
            takeBack(division.relay)
            throw error
        }
        keep(change)
        return report
    }

    /// A whole table that the kernel refused is followed by another one, or by the end of the daemon.
    private func takeBack(_ change: EngineChange) {
        guard let relay, case .edits(let edits, let settings) = change else { return }
        let inverse = edits.map { ActiveEdit(before: $0.after, after: $0.before) }
        // What was in force a moment ago fails only where the machine does.
        _ = try? relay.apply(.edits(inverse, settings))
    }

    private func keep(_ change: EngineChange) {
        var edits: [ActiveEdit] = []
        switch change {
        case .everything(let forwards, _):
            (relayed, wholes) = ([:], [])
            edits = forwards.map { ActiveEdit(before: nil, after: $0) }
        case .edits(let some, _): edits = some
        }
        for edit in edits {
            if let before = edit.before {
                relayed[before.id] = nil
                wholes.remove(before.id)
            }
            guard let after = edit.after else { continue }
            if isRelayed(after) {
                relayed[after.id] = after
            } else if after.isWhole {
                wholes.insert(after.id)
            }
        }
    }

    private func isRelayed(_ forward: ActiveForward) -> Bool {
        if case .relay = forward.choice(among: available) { true } else { false }
    }

    private struct Division {
        var relay: EngineChange
        var kernel: EngineChange
    }

    private func divide(_ change: EngineChange) throws(EngineError) -> Division {
        switch change {
        case .everything(let forwards, let settings):
            let hasWholes = forwards.contains(where: \.isWhole)
            var (own, others): ([ActiveForward], [ActiveForward]) = ([], [])
            for forward in forwards {
                if try carriesByRelay(forward) {
                    own.append(forward)
                    if hasWholes { others.append(forward.asException) }
                } else {
                    others.append(forward)
                }
            }
            return Division(
                relay: .everything(own, settings), kernel: .everything(others, settings))
        case .edits(let edits, let settings):
            return Division(
                relay: .edits(try relayEdits(edits), settings),
                kernel: .edits(try kernelEdits(edits), settings))
        }
    }

    private func relayEdits(_ edits: [ActiveEdit]) throws(EngineError) -> [ActiveEdit] {
        var own: [ActiveEdit] = []
        for edit in edits {
            let before = edit.before.flatMap { relayed[$0.id] == nil ? nil : $0 }
            var after: ActiveForward?
            if let wanted = edit.after, try carriesByRelay(wanted) { after = wanted }
            if before != nil || after != nil {
                own.append(ActiveEdit(before: before, after: after))
            }
        }
        return own
    }

    /// Those of the relay stand in the kernel as exceptions, while something takes whole addresses.
    private func kernelEdits(_ edits: [ActiveEdit]) throws(EngineError) -> [ActiveEdit] {
        let (had, has) = (!wholes.isEmpty, hasWholes(after: edits))
        var own: [ActiveEdit] = []
        for edit in edits {
            let before = edit.before.flatMap { inKernel($0, relayed[$0.id] != nil, had) }
            var after: ActiveForward?
            if let wanted = edit.after {
                after = inKernel(wanted, try carriesByRelay(wanted), has)
            }
            if before != nil || after != nil {
                own.append(ActiveEdit(before: before, after: after))
            }
        }
        guard had != has else { return own }
        let said = Set(edits.compactMap { ($0.before ?? $0.after)?.id })
        return own
            + relayed.filter { !said.contains($0.id) }.map {
                had
                    ? ActiveEdit(before: $0.value.asException, after: nil)
                    : ActiveEdit(before: nil, after: $0.value.asException)
            }
    }

    private func inKernel(
        _ forward: ActiveForward, _ isRelayed: Bool, _ hasWholes: Bool
    ) -> ActiveForward? {
        guard isRelayed else { return forward }
        return hasWholes ? forward.asException : nil
    }

    private func hasWholes(after edits: [ActiveEdit]) -> Bool {
        var after = wholes
        for edit in edits { edit.before.map { _ = after.remove($0.id) } }
        return !after.isEmpty || edits.contains { $0.after?.isWhole ?? false }
    }

    private func carriesByRelay(_ forward: ActiveForward) throws(EngineError) -> Bool {
        switch forward.choice(among: available) {
        case .kernel: return false
        case .relay: return true
        case .neither(let reason):
            throw .refused(forward.id, code: Self.notSupported, detail: "\(reason)")
        }
    }

    /// EOPNOTSUPP.
    private static let notSupported: Int32 = 95
}

extension EnginePair {
    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        let division = try divide(.everything(forwards, settings))
        if let kernel, case .everything(let own, _) = division.kernel,
            !(try kernel.isIntact(own, settings))
        {
            return false
        }
        guard let relay, case .everything(let own, _) = division.relay else { return true }
        return try relay.isIntact(own, settings)
    }

    package func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> {
        var costs: ByForward<FlowCost> = [:]
        if let kernel { costs = try kernel.cost(of: try kernelEdits(edits), settings) }
        guard let relay else { return costs }
        for (id, cost) in try relay.cost(of: try relayEdits(edits), settings) { costs[id] = cost }
        return costs
    }

    /// A forward counts where it is carried.
    package func traffic() throws(EngineError) -> TrafficReport {
        guard let relay else { return try kernel?.traffic() ?? TrafficReport() }
        let own = try relay.traffic()
        guard let kernel else { return own }
        var report = try kernel.traffic()
        for (id, traffic) in own.forwards { report.forwards[id] = traffic }
        for (id, bytes) in own.budgets { report.budgets[id] = bytes }
        return report
    }

    package func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow] {
        var flows: [LiveFlow] = []
        if let kernel {
            flows = try kernel.flows(of: forward).filter { relayed[$0.forward] == nil }
        }
        if let relay { flows += try relay.flows(of: forward) }
        return flows
    }

    package func end(_ flow: FlowNumber) throws(EngineError) -> Bool {
        switch flow {
        case .kernel: try kernel?.end(flow) ?? false
        case .relay: try relay?.end(flow) ?? false
        }
    }

    /// Only a relay knows why flows ended.
    package func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord] {
        try relay?.endedFlows(of: forward, limit: limit) ?? []
    }

    package func settle() throws(EngineError) -> ApplyReport {
        let ended = try kernel?.settle() ?? ApplyReport()
        return ended.joined(with: try relay?.settle() ?? ApplyReport(), hasBoth: true)
    }

    package func release() {
        relay?.release()
        kernel?.release()
    }

    package func withdraw() throws(EngineError) {
        try relay?.withdraw()
        try kernel?.withdraw()
        (relayed, wholes) = ([:], [])
    }
}

extension ApplyReport {
    fileprivate func joined(with other: ApplyReport, hasBoth: Bool) -> ApplyReport {
        ApplyReport(
            flowsEnded: flowsEnded + other.flowsEnded, adopted: adopted + other.adopted,
            flowFailure: flowFailure ?? other.flowFailure,
            foundIntact: (!hasBoth || foundIntact) && other.foundIntact)
    }
}

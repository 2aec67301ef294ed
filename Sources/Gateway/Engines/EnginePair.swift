import Addressing
package import Forwarding

/// Both engines as one: each forward goes to the one that carries it.
///
/// Theory of operation. The kernel carries whatever it can; `EngineChoice` says what it cannot. A change
/// is split, and given to the relay first: binding a port is what fails, and it fails without having
/// changed anything. When the kernel then refuses its part, the relay is told what it had before. A
/// forward that moves from one engine to the other is taken from one and given to the other.
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
    private var relayed: [ForwardID: ActiveForward] = [:]
    private var inKernel: [ForwardID: ActiveForward] = [:]
    private var settings: EngineSettings?

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
        let after = try outcome(of: change)
        var report = ApplyReport()
        if let relay {
            report = try relay.apply(share(of: change, relayed, after.relayed, after.settings))
        }
        do throws(EngineError) {
            if let kernel {
                let own = share(of: change, inKernel, after.inKernel, after.settings)
                report = report.joined(with: try kernel.apply(own), hasBoth: relay != nil)
            }
        } catch {
            takeBackRelay()
            throw error
        }
        (relayed, inKernel, settings) = (after.relayed, after.inKernel, after.settings)
        return report
    }

    private func takeBackRelay() {
        guard let relay else { return }
        let former = settings.map { EngineChange.everything(Array(relayed.values), $0) }
        // What was in force a moment ago fails only where the machine does.
        if let former { _ = try? relay.apply(former) } else { try? relay.withdraw() }
    }

    /// What an engine is told: everything that is its own, or what is different about it.
    private func share(
        of change: EngineChange, _ before: [ForwardID: ActiveForward],
        _ after: [ForwardID: ActiveForward], _ settings: EngineSettings
    ) -> EngineChange {
        if case .everything = change { return .everything(Array(after.values), settings) }
        let ids = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        return .edits(
            ids.sorted().map { ActiveEdit(before: before[$0], after: after[$0]) }, settings)
    }

    private struct Division {
        var relayed: [ForwardID: ActiveForward]
        var inKernel: [ForwardID: ActiveForward]
        var settings: EngineSettings
    }

    private func outcome(of change: EngineChange) throws(EngineError) -> Division {
        switch change {
        case .everything(let forwards, let settings): return try divide(forwards, settings)
        case .edits(let edits, let settings): return try divide(after: edits, settings)
        }
    }

    private func divide(
        after edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> Division {
        var all = inKernel.filter { !$0.value.standsForRelayed(in: relayed) }
        all.merge(relayed) { _, relayed in relayed }
        for edit in edits { edit.before.map { all[$0.id] = nil } }
        for edit in edits { edit.after.map { all[$0.id] = $0 } }
        return try divide(Array(all.values), settings)
    }

    private func divide(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Division {
        var division = Division(relayed: [:], inKernel: [:], settings: settings)
        for forward in forwards {
            switch forward.choice(among: available) {
            case .kernel: division.inKernel[forward.id] = forward
            case .relay: division.relayed[forward.id] = forward
            case .neither(let reason):
                throw .refused(forward.id, code: Self.notSupported, detail: "\(reason)")
            }
        }
        if division.inKernel.values.contains(where: \.isWhole) {
            for forward in division.relayed.values {
                division.inKernel[forward.id] = forward.asException
            }
        }
        return division
    }

    /// EOPNOTSUPP.
    private static let notSupported: Int32 = 95
}

extension EnginePair {
    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        let division = try divide(forwards, settings)
        if let kernel, !(try kernel.isIntact(Array(division.inKernel.values), settings)) {
            return false
        }
        return try relay?.isIntact(Array(division.relayed.values), settings) ?? true
    }

    package func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> {
        let after = try divide(after: edits, settings)
        let change = EngineChange.edits([], settings)
        var costs: ByForward<FlowCost> = [:]
        if let kernel,
            case .edits(let own, _) = share(of: change, inKernel, after.inKernel, settings)
        {
            costs = try kernel.cost(of: own, settings)
        }
        if let relay, case .edits(let own, _) = share(of: change, relayed, after.relayed, settings)
        {
            for (id, cost) in try relay.cost(of: own, settings) { costs[id] = cost }
        }
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
        (relayed, inKernel, settings) = ([:], [:], nil)
    }
}

extension ActiveForward {
    fileprivate func standsForRelayed(in relayed: [ForwardID: ActiveForward]) -> Bool {
        isException && relayed[id] != nil
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

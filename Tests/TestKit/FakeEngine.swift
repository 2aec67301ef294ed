import Addressing
package import Forwarding

/// An engine that carries forwards in memory only, and behaves as a real one does: it refuses what
/// cannot stand together, keeps counters and flows, and ends the flows that a change made stale.
///
/// Packets come by `arrive`; what `Trace` says of them is what happens.
package final class FakeEngine: ForwardingEngine {
    package let capabilities: EngineCapabilities
    /// What the next `apply` is to throw instead of doing anything.
    package var failure: EngineError?
    /// Every change that took effect, in order.
    package private(set) var changes: [EngineChange] = []
    package private(set) var carried: [ForwardID: ActiveForward] = [:]
    package private(set) var settings: EngineSettings?

    private var counters: ByForward<Traffic> = [:]
    private var guarded = Volume()
    private var living: [Flow] = []
    private var ended: [EndedFlowRecord] = []
    private var lastFlow: UInt32 = 0

    private struct Flow {
        var packet: Packet
        var live: LiveFlow
    }

    package init(
        capabilities: EngineCapabilities = EngineCapabilities(engine: "fake", isProtected: true)
    ) {
        self.capabilities = capabilities
    }

    package func installed() throws(EngineError) -> Set<ForwardID> { Set(carried.keys) }

    package func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        if let failure {
            self.failure = nil
            throw failure
        }
        let (after, settings) = try outcome(of: change)
        try refuseClashes(in: after)
        let adopted = after.count { carried[$0.key] == $0.value }
        let isIntact = carried == after && self.settings == settings
        let gone = carried.keys.filter { after[$0] == nil }
        carried = after
        self.settings = settings
        for forward in gone { counters[forward] = nil }
        changes.append(change)
        let isWhole = if case .everything = change { true } else { false }
        return ApplyReport(
            flowsEnded: endStaleFlows(settings), adopted: isWhole ? adopted : 0,
            foundIntact: isWhole && isIntact)
    }

    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        Set(carried.values) == Set(forwards) && self.settings?.network == settings.network
            && self.settings?.guarded == settings.guarded
    }

    package func traffic() throws(EngineError) -> TrafficReport {
        TrafficReport(forwards: counters, guarded: guarded)
    }

    package func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow] {
        living.map(\.live).filter { forward == nil || $0.forward == forward }
    }

    package func end(_ flow: FlowNumber) throws(EngineError) -> Bool {
        guard let place = living.firstIndex(where: { $0.live.number == flow }) else { return false }
        remember(living.remove(at: place).live)
        return true
    }

    package func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord] {
        Array(ended.filter { forward == nil || $0.forward == forward }.prefix(limit))
    }

    private func remember(_ flow: LiveFlow) {
        let now = settings?.now ?? Timestamp(seconds: 0)
        ended.insert(
            EndedFlowRecord(
                forward: flow.forward, transport: flow.transport, client: flow.client,
                externalPort: flow.external.port, reason: EndReason(.killed, .data),
                started: flow.started ?? now, ended: now, inbound: flow.inbound.bytes,
                outbound: flow.outbound.bytes), at: 0)
    }

    private func newNumber() -> FlowNumber {
        lastFlow += 1
        return capabilities.engine == "relay"
            ? .relay(.datagram, loop: 0, place: 0, generation: lastFlow)
            : .kernel(id: lastFlow, digest: 0)
    }

    package func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> {
        let (after, _) = try outcome(of: .edits(edits, settings))
        var costs: ByForward<FlowCost> = [:]
        for flow in living where isStale(flow, among: after, settings) {
            costs[flow.live.forward, default: FlowCost()].count(flow.live.transport)
        }
        return costs
    }

    package func settle() throws(EngineError) -> ApplyReport { ApplyReport() }

    package func withdraw() throws(EngineError) {
        (carried, counters, living) = ([:], [:], [])
        guarded = Volume()
        settings = nil
    }

    /// A packet comes; it begins a flow where a forward carries it, and is counted.
    package func arrive(_ packet: Packet, bytes: UInt64 = 28) {
        guard let settings else { return }
        let size = Volume(packets: 1, bytes: bytes)
        let order = carried.values.sorted { ($0.precedence, $0.id) < ($1.precedence, $1.id) }
        for forward in order {
            switch forward.fate(of: packet, in: settings.network) {
            case .forwarded(let id, let target, let source):
                counters[id, default: Traffic()].flows += 1
                counters[id, default: Traffic()].inbound =
                    counters[id, default: Traffic()].inbound + size
                begin(packet, id, target, source, size)
            case .refused(let id, _): counters[id, default: Traffic()].denied += 1
            case nil, .local, .guarded, .routed, .excepted: continue
            }
            return
        }
        let trace = Trace(
            table: ForwardingTable(), surroundings: Surroundings(network: settings.network),
            now: settings.now, guarded: settings.guarded)
        if trace.fate(of: packet) == .guarded { guarded = guarded + size }
    }

    private func begin(
        _ packet: Packet, _ forward: ForwardID, _ target: Endpoint, _ source: SeenSource,
        _ size: Volume
    ) {
        let seen: IPAddress =
            switch source {
            case .client: packet.source.address
            case .external(let address): address
            case .gateway: gatewayAddress(towards: target.address) ?? packet.source.address
            }
        living.append(
            Flow(
                packet: packet,
                live: LiveFlow(
                    number: newNumber(), forward: forward, transport: packet.transport,
                    client: packet.source,
                    external: packet.destination, target: target,
                    seenSource: Endpoint(seen, packet.source.port), state: "unanswered",
                    inbound: size, outbound: Volume(), started: settings?.now)))
    }

    private func gatewayAddress(towards target: IPAddress) -> IPAddress? {
        guard let network = settings?.network, let interface = network.interface(towards: target)
        else { return nil }
        return network.addresses(of: interface).first { $0.family == target.family }
    }

    private func outcome(
        of change: EngineChange
    ) throws(EngineError) -> ([ForwardID: ActiveForward], EngineSettings) {
        switch change {
        case .everything(let forwards, let settings):
            var after: [ForwardID: ActiveForward] = [:]
            for forward in forwards {
                guard after.updateValue(forward, forKey: forward.id) == nil else {
                    throw .refused(forward.id, code: 17, detail: "")
                }
            }
            return (after, settings)
        case .edits(let edits, let settings):
            // Before the first whole table there is nothing to edit.
            guard self.settings != nil else { throw .system(code: 22, during: .commit) }
            var after = carried
            for edit in edits { edit.before.map { after[$0.id] = nil } }
            for edit in edits { edit.after.map { after[$0.id] = $0 } }
            return (after, settings)
        }
    }

    private func refuseClashes(in forwards: [ForwardID: ActiveForward]) throws(EngineError) {
        var claimed: [Claim: ForwardID] = [:]
        // Those that stand already come first: the newcomer is the one that is refused.
        let order = forwards.values.sorted {
            (carried[$0.id] == $0 ? 0 : 1, $0.id) < (carried[$1.id] == $1 ? 0 : 1, $1.id)
        }
        for forward in order {
            for claim in Claim.all(of: forward) {
                if claimed.updateValue(forward.id, forKey: claim) != nil {
                    throw .refused(forward.id, code: 17, detail: "")
                }
            }
        }
    }

    private func endStaleFlows(_ settings: EngineSettings) -> Int {
        let before = living.count
        living.removeAll { isStale($0, among: carried, settings) }
        return before - living.count
    }

    private func isStale(
        _ flow: Flow, among forwards: [ForwardID: ActiveForward], _ settings: EngineSettings
    ) -> Bool {
        guard let forward = forwards[flow.live.forward],
            case .forwarded(_, let target, _) = forward.fate(
                of: flow.packet, in: settings.network)
        else { return true }
        return target != flow.live.target
    }

    /// One port at one place: only one forward can have it.
    private struct Claim: Hashable {
        var transport: TransportProtocol
        var port: UInt16
        var family: AddressFamily
        /// Nil for every WAN.
        var address: IPAddress?
        var isPinhole = false
        /// Those of different kinds are looked up one after the other.
        var precedence = 0

        static func all(of forward: ActiveForward) -> [Claim] {
            claims(of: forward).map { claim in
                var claim = claim
                claim.precedence = forward.precedence
                return claim
            }
        }

        private static func claims(of forward: ActiveForward) -> [Claim] {
            let addresses: [IPAddress?] =
                switch forward.scope {
                case .everyWAN: [nil]
                case .addresses(let addresses): addresses
                }
            return forward.transports.all.flatMap { transport in
                (forward.isWhole ? 1...1 : forward.ports.ports).flatMap { port -> [Claim] in
                    var claims: [Claim] = []
                    for family in AddressFamily.allCases
                    where family == .v4
                        ? forward.target4 != nil || forward.isException
                        : forward.target6 != nil && !forward.isPinhole || forward.isException
                    {
                        claims += addresses.filter { $0?.family ?? family == family }.map {
                            Claim(transport: transport, port: port, family: family, address: $0)
                        }
                    }
                    if forward.isPinhole, let target6 = forward.target6 {
                        claims.append(
                            Claim(
                                transport: transport, port: port, family: .v6,
                                address: .v6(target6), isPinhole: true))
                    }
                    return claims
                }
            }
        }
    }
}

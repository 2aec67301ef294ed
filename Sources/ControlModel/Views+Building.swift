import Addressing
package import Forwarding

extension Views.Forward {
    package init(
        _ forward: Forwarding.Forward, state: String, targets: [String],
        traffic: Forwarding.Traffic, monthBytes: UInt64, lastUsed: Timestamp? = nil,
        nextChange: Timestamp?, choice: EngineChoice, upstream ports: [UpstreamPort] = []
    ) {
        let body = ForwardBody(forward)
        id = Int(forward.id.number)
        name = forward.name.text
        external = body.external ?? ""
        on = body.on
        at = body.at
        to = forward.target.description
        let peers = forward.sources.peers.map(\.description)
        openTo = forward.sources.isAnywhere ? ["anywhere"] : (body.allow ?? []) + peers
        deny = body.deny ?? []
        hairpin = forward.hairpin
        source = forward.sourceText
        nat6 = forward.translatesIPv6
        ends = forward.ends?.text
        schedule = body.schedule
        self.lastUsed = lastUsed?.text
        self.nextChange = nextChange?.text
        whenClosed = forward.closing.rawValue
        limits = Views.Limits(
            maxConnections: body.maxConnections,
            maxConnectionsPerSource: body.maxConnectionsPerSource, maxRate: body.maxRate,
            maxRatePerSource: body.maxRatePerSource, monthly: body.monthly,
            bandwidth: body.bandwidth)
        relay = body.relay.isEmpty ? nil : body.relay
        upstream = forward.asksUpstream
        upstreamPorts = ports.isEmpty ? nil : ports.map(Views.UpstreamPort.init)
        engine = choice.name
        engineReason = choice.reason
        enabled = forward.enabled
        comment = forward.comment
        origin = forward.origin.rawValue
        creator = forward.creator
        created = forward.created.text
        lease = forward.lease.map(Views.Lease.init)
        self.state = state
        self.targets = targets
        self.traffic = Views.Traffic(traffic, monthBytes: monthBytes)
    }

    /// The forward as a file says it.
    package var body: ForwardBody {
        var body = ForwardBody()
        (body.name, body.external, body.on, body.at, body.to) = (name, external, on, at, to)
        body.allow = openTo == ["anywhere"] ? nil : openTo
        body.deny = deny.isEmpty ? nil : deny
        body.hairpin = hairpin ? nil : false
        body.source = source == SourceAddress.kept.rawValue ? nil : source
        body.nat6 = nat6 ? true : nil
        body.ends = ends
        body.schedule = schedule
        body.whenClosed = whenClosed == Closing.end.rawValue ? nil : whenClosed
        body.maxConnections = limits.maxConnections
        body.maxConnectionsPerSource = limits.maxConnectionsPerSource
        body.maxRate = limits.maxRate
        body.maxRatePerSource = limits.maxRatePerSource
        body.monthly = limits.monthly
        body.bandwidth = limits.bandwidth
        body.relay = relay ?? RelayBody()
        body.upstream = upstream ? true : nil
        body.enabled = enabled ? nil : false
        body.comment = comment.isEmpty ? nil : comment
        return body
    }
}

extension Views.Traffic {
    init(_ traffic: Forwarding.Traffic, monthBytes: UInt64) {
        flows = traffic.flows
        packetsIn = traffic.inbound.packets
        bytesIn = traffic.inbound.bytes
        packetsOut = traffic.outbound.packets
        bytesOut = traffic.outbound.bytes
        denied = traffic.denied
        limited = traffic.limited
        self.monthBytes = monthBytes
    }
}

extension Views.Changes {
    package init(
        revision: Int, changes: [ForwardChange], warnings: [Warning] = [], flowsEnded: Int = 0,
        dryRun: Bool, costs: ByForward<FlowCost> = [:], confirmBy: Timestamp? = nil
    ) {
        self.revision = revision
        self.changes = changes.map { change in
            Views.Change(change, cost: change.before.flatMap { costs[$0.id] })
        }
        self.confirmBy = confirmBy?.text
        self.warnings = warnings.map(\.sentence)
        self.flowsEnded = flowsEnded
        self.dryRun = dryRun
    }
}

extension Views.Change {
    init(_ change: ForwardChange, cost: FlowCost?) {
        self.cost = cost.map {
            Views.Cost(connections: $0.connections, datagramFlows: $0.datagramFlows)
        }
        switch change {
        case .added: kind = "added"
        case .changed: kind = "changed"
        case .removed: kind = "removed"
        }
        name = change.name.text
        before = change.before.map(ForwardBody.init)
        after = change.after.map(ForwardBody.init)
    }
}

extension Views.Revision {
    package init(number: Int, time: Timestamp, who: String, origin: Origin, changes: Int) {
        self.number = number
        self.time = time.text
        self.who = who
        self.origin = origin.rawValue
        self.changes = changes
    }
}

extension Views.Activity {
    package init(
        number: Int? = nil, time: Timestamp, who: String, origin: Origin, kind: String,
        forward: ForwardName?, detail: String, revision: Int?
    ) {
        self.number = number
        self.time = time.text
        self.who = who
        self.origin = origin.rawValue
        self.kind = kind
        self.forward = forward?.text
        self.detail = detail
        self.revision = revision
    }
}

extension Views.Status {
    package init(
        revision: Int, started: Timestamp, forwards: Int, inForce: Int, adopted: Int,
        network: NetworkView, guarded: Bool, guardDropped: Volume, engine: EngineCapabilities,
        contest: TableDisturbance?
    ) {
        version = portcullisVersion
        self.revision = revision
        self.started = started.text
        self.forwards = forwards
        self.inForce = inForce
        self.adopted = adopted
        func shown(_ name: InterfaceName) -> Views.Interface {
            Views.Interface(
                name: name.text,
                addresses: network.addresses(of: name).sorted().map(\.description))
        }
        wans = network.wans.map { name in
            var wan = shown(name)
            wan.nextHops = (network.exits[name] ?? []).map(\.description)
            wan.routesAnswers = network.routesAnswers(by: name)
            return wan
        }
        lans = network.insideInterfaces.map(shown)
        self.guarded = guarded
        guardDroppedPackets = guardDropped.packets
        guardDroppedBytes = guardDropped.bytes
        self.engine = engine.engine
        protected = engine.isProtected
        missing = engine.missing
        contestedBy = contest?.words
    }
}

extension Views.Problem {
    /// A refusal as an answer: 404 for what is not there, 409 for what stands in the way, 422 for what is
    /// wrong in itself, 503 for what the machine cannot do.
    package init(_ refusals: [Refusal]) {
        type = "about:blank"
        title = "Refused"
        status = refusals.first.map(Self.status) ?? 422
        detail = refusals.first?.sentence ?? ""
        errors = refusals.map {
            Views.FieldError(
                forward: $0.forward?.text, field: $0.field.rawValue, value: $0.value,
                code: $0.problem.code, message: $0.message, advice: $0.advice)
        }
    }

    package init(status: Int, title: String, detail: String) {
        type = "about:blank"
        self.title = title
        self.status = status
        self.detail = detail
        errors = []
    }

    private static func status(_ refusal: Refusal) -> Int {
        switch refusal.problem {
        case .unknown, .unknownRevision: 404
        case .duplicate, .overlap, .listener, .revision, .awaitsConfirmation, .nothingToConfirm: 409
        case .engine, .storage: 503
        default: 422
        }
    }
}

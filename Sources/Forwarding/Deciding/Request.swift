package import Addressing

/// What somebody wants of the table.
package enum Request: Hashable, Sendable {
    /// Forwards that must not exist yet, all or none.
    case add([ForwardDraft])
    case edit(ForwardName, ForwardEdit)
    case remove(ForwardName)
    /// Makes the table say what a file says, and perhaps nothing else.
    case apply([ForwardDraft], prune: Pruning)
    /// The clock: whatever is over goes.
    case expire
    /// Makes the table what it once was.
    case restore([Forward])
}

/// Which forwards go when a file does not name them.
///
/// Devices' own leases always stay.
package enum Pruning: Hashable, Sendable {
    case nothing
    /// Those that this maker put there from a file: what was taken out of the file goes.
    case fileForwards(of: String)
    case everything

    func covers(_ forward: Forward) -> Bool {
        switch self {
        case .nothing: false
        case .fileForwards(let maker): forward.origin == .file && forward.creator == maker
        case .everything: forward.origin != .device
        }
    }
}

/// Who asks.
package struct Requester: Hashable, Sendable {
    package var name: String
    package var origin: Origin

    package init(name: String, origin: Origin) {
        self.name = name
        self.origin = origin
    }

    package static let clock = Requester(name: "clock", origin: .operator)
    /// Several devices at once.
    package static let devices = Requester(name: "devices", origin: .device)
}

/// A forward as somebody describes it, before it has a number and a history.
package struct ForwardDraft: Hashable, Sendable {
    package var name: ForwardName
    package var transports: Transports
    package var external: ExternalSide
    package var target: Target
    package var sources: SourcePolicy
    package var hairpin: Bool
    package var sourceAddress: SourceAddress
    package var translatesIPv6: Bool
    package var ends: EndTime
    package var schedule: Schedule?
    package var closing: Closing
    package var limits: Limits
    package var relay: RelayTerms
    package var asksUpstream: Bool
    package var enabled: Bool
    package var comment: String

    package init(
        name: ForwardName, transports: Transports, external: ExternalSide, target: Target,
        sources: SourcePolicy = .anywhere, hairpin: Bool = true,
        sourceAddress: SourceAddress = .kept, translatesIPv6: Bool = false,
        ends: EndTime = .never, schedule: Schedule? = nil, closing: Closing = .end,
        limits: Limits = .none, relay: RelayTerms = .none, asksUpstream: Bool = false,
        enabled: Bool = true, comment: String = ""
    ) {
        self.name = name
        self.transports = transports
        self.external = external
        self.target = target
        self.sources = sources
        self.hairpin = hairpin
        self.sourceAddress = sourceAddress
        self.translatesIPv6 = translatesIPv6
        self.ends = ends
        self.schedule = schedule
        self.closing = closing
        self.limits = limits
        self.relay = relay
        self.asksUpstream = asksUpstream
        self.enabled = enabled
        self.comment = comment
    }

    func forward(id: ForwardID, by requester: Requester, at now: Timestamp) -> Forward {
        Forward(
            id: id, name: name, transports: transports, external: external, target: target,
            sources: sources, hairpin: hairpin, sourceAddress: sourceAddress,
            translatesIPv6: translatesIPv6, ends: ends.moment(from: now), schedule: schedule,
            closing: closing, limits: limits, relay: relay, asksUpstream: asksUpstream,
            enabled: enabled, comment: comment, origin: requester.origin, creator: requester.name,
            created: now)
    }
}

/// When a forward is to stop.
package enum EndTime: Hashable, Sendable {
    case never
    case at(Timestamp)
    /// So many seconds from when the request is decided.
    case after(Int64)

    package func moment(from now: Timestamp) -> Timestamp? {
        switch self {
        case .never: nil
        case .at(let moment): moment
        case .after(let seconds): now + seconds
        }
    }
}

/// What is to be different about a forward; nil leaves a thing as it is.
package struct ForwardEdit: Hashable, Sendable {
    package var name: ForwardName?
    package var transports: Transports?
    package var ports: PortRange?
    package var scope: ExternalSide.Scope?
    package var target: Target?
    package var allowed: [Prefix]?
    package var denied: [Prefix]?
    package var hairpin: Bool?
    package var sourceAddress: SourceAddress?
    package var translatesIPv6: Bool?
    package var ends: EndTime?
    /// `.some(nil)` takes the schedule away.
    package var schedule: Schedule??
    package var closing: Closing?
    package var limits: Limits?
    package var relay: RelayTerms?
    package var asksUpstream: Bool?
    package var enabled: Bool?
    package var comment: String?

    package init(enabled: Bool? = nil) {
        self.enabled = enabled
    }

    func applied(to forward: Forward, at now: Timestamp) -> Forward {
        var edited = forward
        if let name { edited.name = name }
        if let transports { edited.transports = transports }
        if let ports { edited.external.ports = ports }
        if let scope { edited.external.scope = scope }
        if let target { edited.target = target }
        edited.sources = SourcePolicy(
            allowed: allowed ?? forward.sources.allowed, denied: denied ?? forward.sources.denied,
            peers: forward.sources.peers)
        if let hairpin { edited.hairpin = hairpin }
        if let sourceAddress { edited.sourceAddress = sourceAddress }
        if let translatesIPv6 { edited.translatesIPv6 = translatesIPv6 }
        if let schedule { edited.schedule = schedule }
        if let closing { edited.closing = closing }
        if let limits { edited.limits = limits }
        if let relay { edited.relay = relay }
        if let asksUpstream { edited.asksUpstream = asksUpstream }
        if let ends { edited.ends = ends.moment(from: now) }
        if let enabled { edited.enabled = enabled }
        if let comment { edited.comment = comment }
        return edited
    }
}

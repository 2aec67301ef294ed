import Addressing
import CLinux
import Forwarding

/// A forward as a loop serves it: only numbers and addresses, nothing to look up.
struct ServicePlan: Hashable, Sendable {
    var forward: ForwardID
    /// The first external port, from which those of the targets are counted.
    var firstPort: UInt16
    /// The targets of the forward itself, and behind them those of each route.
    var groups: [[PlacePlan]]
    /// What leads to the groups from 1 on.
    var names: [NamePattern]
    var allowed: [Prefix]
    /// Let in besides, from one port each.
    var peers: [RemotePeer] = []
    var denied: [Prefix]
    /// Where the forward may be asked from inside or not: prefixes that are never let in.
    var barred: [Prefix]
    var trusted: [Prefix]
    /// Subnets that a target shares with clients: there it would answer a client past the gateway.
    var near: [Prefix] = []
    var terms: ServiceTerms
    /// How targets are tried while nobody asks for them.
    var check: HealthCheck?
}

/// One target of a plan.
struct PlacePlan: Hashable, Sendable {
    var v4: IPv4Address?
    var v6: IPv6Address?
    var path: SocketPath?
    var firstPort: UInt16
}

/// The numbers of a plan.
struct ServiceTerms: Hashable, Sendable, BitwiseCopyable {
    var proxy: StreamProxy?
    var datagramProxy: DatagramProxy?
    var balance = Balance.roundRobin
    var refusesOtherNames = false
    var isTransparent = false
    var limits = Limits.none
    /// Bytes of the month at the time of the plan.
    var used: UInt64 = 0
    /// Bits in a second of one flow and direction; 0 for no bound.
    var flowBandwidth: UInt64 = 0
    var timeouts = Timeouts()

    /// Milliseconds.
    struct Timeouts: Hashable, Sendable, BitwiseCopyable {
        var connect: UInt64 = 10_000
        /// A day: what is dead is found by keepalive, and what is alive may be silent for long.
        var idle: UInt64 = 86_400_000
        var halfOpen: UInt64 = 300_000
        /// As conntrack has it for UDP without and with an answer.
        var firstDatagram: UInt64 = 30_000
        var datagrams: UInt64 = 120_000

        init(_ asked: RelayTimeouts = RelayTimeouts()) {
            func set(_ value: UInt32?, _ milliseconds: inout UInt64) {
                if let value { milliseconds = UInt64(value) * 1000 }
            }
            set(asked.connect, &connect)
            set(asked.idle, &idle)
            set(asked.halfOpen, &halfOpen)
            set(asked.firstDatagram, &firstDatagram)
            set(asked.datagrams, &datagrams)
        }
    }
}

extension ServicePlan {
    /// What there is to try.
    var healthSubjects: [HealthSubject] {
        groups.enumerated().flatMap { group, places in
            places.enumerated().map { place, target in
                HealthSubject(group: group, place: place, target: target, proxy: terms.proxy)
            }
        }
    }

    /// Whether this client may use the forward.
    func admits(_ client: Endpoint) -> Bool {
        if (denied + barred).contains(where: { $0.contains(client.address) }) { return false }
        return allowed.isEmpty && peers.isEmpty
            || allowed.contains { $0.contains(client.address) }
            || peers.contains { $0.includes(client) }
    }

    /// Whether the first bytes of a client have to be read before it is known where it goes.
    var greets: Bool { !trusted.isEmpty || !names.isEmpty }

    init(_ forward: ActiveForward, in network: NetworkView) {
        let relay = forward.relay
        self.init(
            forward: forward.id, firstPort: forward.ports.first,
            groups: [relay.targets.map(PlacePlan.init)]
                + relay.routes.map { [$0.target.map(PlacePlan.init)].compactMap(\.self) },
            names: relay.routes.map(\.name), allowed: forward.allowed(in: network),
            peers: forward.sources.peers, denied: forward.sources.denied,
            barred: forward.hairpin ? [] : network.insidePrefixes,
            trusted: relay.terms.trustedProxies,
            near: relay.terms.isTransparent ? network.prefixes(around: forward.places) : [],
            terms: ServiceTerms(
                proxy: relay.terms.proxy, datagramProxy: relay.terms.datagramProxy,
                balance: relay.terms.balance,
                refusesOtherNames: relay.terms.refusesOtherNames,
                isTransparent: relay.terms.isTransparent, limits: forward.limits,
                used: forward.used, flowBandwidth: relay.terms.flowBandwidth ?? 0,
                timeouts: ServiceTerms.Timeouts(relay.terms.timeouts)),
            check: relay.terms.check)
    }
}

extension ActiveForward {
    /// Whether its bounds have to be kept exactly, which one loop alone can do.
    var isBounded: Bool { limits.boundsNewFlows || limits.boundsPackets }
}

extension PaceRate {
    init(_ rate: ConnectionRate) {
        let stretch = rate.per.rawValue * 1_000_000
        interval = stretch / UInt64(max(1, rate.count))
        tolerance = stretch - interval
    }
}

extension PlacePlan {
    /// As others know it.
    var target: RelayTarget {
        let place: RelayTarget.Place =
            path.map { .unix($0) } ?? .addresses(ResolvedTarget(v4: v4, v6: v6))
        return RelayTarget(place: place, ports: PortRange(firstPort) ?? .all)
    }

    init(_ target: RelayTarget) {
        firstPort = target.ports.first
        switch target.place {
        case .addresses(let addresses): (v4, v6) = (addresses.v4, addresses.v6)
        case .unix(let path): self.path = path
        }
    }
}

extension ActiveForward {
    /// The list is about the outside: those inside may use the forward, and the gateway itself.
    fileprivate func allowed(in network: NetworkView) -> [Prefix] {
        guard !sources.isAnywhere, hairpin else { return sources.allowed }
        return sources.allowed + network.insidePrefixes + network.ownPrefixes
    }
}

extension NetworkView {
    /// The gateway's subnets in which one of the addresses lies.
    fileprivate func prefixes(around addresses: [IPAddress]) -> [Prefix] {
        links.map(\.prefix).filter { addresses.contains(where: $0.contains) }
    }

    /// The gateway's own addresses, as its programs use them.
    fileprivate var ownPrefixes: [Prefix] {
        links.lazy.map(\.address).filter { !$0.isLoopback }.map {
            Prefix(containing: $0, length: $0.family == .v4 ? 32 : 128)
        }
    }

    /// The subnets of the interfaces inside.
    var insidePrefixes: [Prefix] {
        let inside = Set(insideInterfaces)
        return links.filter { inside.contains($0.interface) }.map(\.prefix)
    }
}

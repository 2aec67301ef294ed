import Addressing
import Forwarding

/// A forward that the engine carries at the moment.
struct Carried: Sendable {
    var forward: Forward
    var active: ActiveForward

    /// Whether the relay carries it; the kernel otherwise.
    var isRelayed: Bool

    var name: String { forward.name.text }

    /// Every place that it leads to, with the first port there; none for Unix sockets.
    var targets: [Endpoint] {
        guard isRelayed else {
            return addresses.map { Endpoint($0, active.targetPorts.first) }
        }
        let relay = active.relay
        return (relay.targets + relay.routes.compactMap(\.target)).flatMap { target in
            target.addresses.map { Endpoint($0, target.ports.first) }
        }
    }

    private var addresses: [IPAddress] {
        [active.target4.map(IPAddress.v4), active.target6.map(IPAddress.v6)].compactMap(\.self)
    }

    /// Whether the target answers the client's own address, and so over its default route.
    var keepsSource: Bool {
        isRelayed ? active.relay.terms.isTransparent : !active.rewritesSource
    }
}

extension Observations {
    var network: NetworkView { situation.surroundings.network }

    static func carried(_ situation: Trace, _ report: GatewayReport) -> [Carried] {
        situation.table.sorted.compactMap { forward in
            guard !report.suspended.contains(forward.name),
                let active = forward.active(in: situation.surroundings, at: situation.now),
                !active.isException, !active.isClosed
            else { return nil }
            return Carried(
                forward: forward, active: active,
                isRelayed: active.choice(among: situation.surroundings.engines).isRelay)
        }
    }

    /// Whether the kernel carries anything.
    var usesKernel: Bool { situation.surroundings.engines.hasKernel }

    /// What the kernel carries of it.
    var carriedByKernel: [Carried] { carried.filter { !$0.isRelayed } }

    /// Where from outside a forward is asked, by NAT or translated; a pinhole is asked at its target.
    func askedAddresses(of active: ActiveForward) -> [IPAddress] {
        let external: [IPAddress] =
            switch active.scope {
            case .everyWAN: network.wanAddresses
            case .addresses(let addresses): addresses.flatMap(standingFor)
            }
        if active.choice(among: situation.surroundings.engines).isRelay { return external }
        let pinhole = active.isPinhole ? active.target6.map { [IPAddress.v6($0)] } ?? [] : []
        let usable = external.filter { address in
            address.family == .v4 ? active.target4 != nil : active.translatesIPv6
        }
        return usable + pinhole
    }

    /// The address itself, or all of a family.
    private func standingFor(_ address: IPAddress) -> [IPAddress] {
        guard address.isAny else { return [address] }
        return network.links.map(\.address).filter { $0.family == address.family }
    }

    func setting(_ path: String) -> Int? { settings[path].flatMap { Int($0) } }

    /// The first names in a sentence, and how many more.
    static func list(_ names: [String], most: Int = 5) -> String {
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown) and \(names.count - most) more" : shown
    }
}

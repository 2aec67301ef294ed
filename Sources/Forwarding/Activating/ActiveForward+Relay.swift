package import Addressing

extension ActiveForward {
    /// What a relay needs, were it to carry the forward.
    package var relay: ActiveRelay {
        get {
            if case .some(let relay) = rareRelay { return relay }
            let place = ResolvedTarget(v4: target4, v6: target6)
            guard !place.isEmpty else { return ActiveRelay() }
            return ActiveRelay(targets: [
                RelayTarget(place: .addresses(place), ports: targetPorts)
            ])
        }
        set { rareRelay = .some(newValue) }
    }

    /// Whether the kernel cannot carry it.
    package var needsRelay: Bool {
        guard case .some(let relay) = rareRelay else { return false }
        return relay.reason != nil
    }

    /// Which engine carries it.
    package func choice(among engines: AvailableEngines) -> EngineChoice {
        EngineChoice(
            reason: relay.reason,
            isOnlyForKernel: isWhole || isException || transports == .sctp
                || relay.terms.engine == .kernel,
            among: engines)
    }

    /// Every address that it leads to at the moment.
    package var places: [IPAddress] {
        let relay = relay
        return (relay.targets + relay.routes.compactMap(\.target)).flatMap(\.addresses)
    }
}

extension ActiveRelay {
    /// Whether no target has been found.
    var isNowhere: Bool { targets.isEmpty && routes.allSatisfy { $0.target == nil } }
}

extension RelayTarget {
    /// None for a Unix socket.
    package var addresses: [IPAddress] {
        switch place {
        case .addresses(let place): place.addresses
        case .unix: []
        }
    }
}

extension Forward {
    func activeRelay(
        because reason: RelayReason?, in surroundings: Surroundings
    ) -> ActiveRelay {
        ActiveRelay(
            reason: reason,
            targets: ([target] + relay.spares).compactMap { relayTarget($0, in: surroundings) },
            routes: relay.routes.map {
                ActiveRoute(name: $0.name, target: relayTarget($0.target, in: surroundings))
            },
            terms: relay)
    }

    private func relayTarget(
        _ target: Target, in surroundings: Surroundings
    ) -> RelayTarget? {
        if case .unix(let path) = target.host {
            return RelayTarget(place: .unix(path), ports: target.ports)
        }
        guard var place = surroundings.addresses(of: target.host) else { return nil }
        // A name may have addresses of both families; the pinned one decides which is meant.
        if case .address(let pinned) = external.scope, !relay.crossesFamilies {
            if pinned.family == .v4 { place.v6 = nil } else { place.v4 = nil }
        }
        return place.isEmpty
            ? nil : RelayTarget(place: .addresses(place), ports: target.ports)
    }
}

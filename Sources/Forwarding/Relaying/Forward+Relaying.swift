import Addressing

extension Forward {
    /// What it asks beyond what NAT can do.
    package var relay: RelayTerms {
        get {
            guard case .some(let terms) = rareRelay else { return .none }
            return terms
        }
        set { rareRelay = newValue == .none ? .none : .some(newValue) }
    }

    /// Every place that it may lead to: its own target, the spares, those of names.
    package var hosts: [TargetHost] {
        guard case .some(let terms) = rareRelay else { return [target.host] }
        return [target.host] + terms.furtherHosts
    }

    /// Whether the addresses of any of its targets have to be found out and may change.
    package var isFollowing: Bool {
        guard rareRelay != .none else { return target.host.isFollowed }
        return hosts.contains(where: \.isFollowed)
    }

    /// Why the kernel cannot carry it; nil when it can.
    package var relayReason: RelayReason? {
        guard case .some(let terms) = rareRelay else {
            return target.host.relayReason ?? placeReason
        }
        let reasons: [(Bool, RelayReason)] = [
            (terms.engine == .relay, .forwardIsTold),
            (terms.proxy != nil || terms.datagramProxy != nil, .proxyProtocol),
            (!terms.trustedProxies.isEmpty, .trustedProxies),
            (!terms.spares.isEmpty, .severalTargets), (terms.check != nil, .healthCheck),
            (!terms.routes.isEmpty, .serverNames), (terms.isTransparent, .transparent),
            (terms.crossesFamilies, .familiesCross), (terms.flowBandwidth != nil, .flowBandwidth),
            (terms.timeouts != RelayTimeouts(), .timeouts),
        ]
        return hosts.lazy.compactMap(\.relayReason).first ?? placeReason
            ?? reasons.first { $0.0 }?.1
    }

    /// Why the kernel cannot be asked where the forward is asked.
    private var placeReason: RelayReason? {
        guard case .address(let address) = external.scope, !isException else { return nil }
        if address.isAny { return .everyAddress }
        return address.isLoopback ? .loopbackAddress : nil
    }

    /// Whether no relay can carry it: a thing of NAT, or SCTP.
    package var isOnlyForKernel: Bool { isWhole || isException || transports == .sctp }

    /// Which engine carries it, of those that there are.
    package func engineChoice(among engines: AvailableEngines) -> EngineChoice {
        EngineChoice(
            reason: relayReason, isOnlyForKernel: isOnlyForKernel || relay.engine == .kernel,
            among: engines)
    }
}

extension RelayTerms {
    /// The places that it may lead to besides the forward's own target.
    package var furtherHosts: [TargetHost] { spares.map(\.host) + routes.map(\.target.host) }
}

extension TargetHost {
    fileprivate var relayReason: RelayReason? {
        if isUnix { return .unixTarget }
        return isLoopback ? .loopbackTarget : nil
    }
}

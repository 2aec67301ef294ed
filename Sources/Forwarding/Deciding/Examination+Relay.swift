import Addressing

/// What a relay would be asked, and whether it fits together.
extension Examination {
    static let mostSpares = 64
    static let mostRoutes = 256
    static let longestWait: Int64 = 86_400
    /// Of a connection on which nothing is sent: 30 days.
    static let longestIdle: Int64 = 30 * 86_400
    static let longestCheckInterval: UInt32 = 3600
    static let mostTries: UInt32 = 100

    func relayRefusals() -> [Refusal] {
        guard !forward.isException, let reason = forward.relayReason else {
            return [engine(nil), routes()].compactMap(\.self)
        }
        let problems: [Refusal?] = [
            engine(reason), proxy(), trustedProxies(), counts(), routes(), transparency(), check(),
        ]
        return problems.compactMap(\.self) + waits() + furtherTargets().compactMap(furtherTarget)
            + [unixShape(forward.target, .to)].compactMap(\.self)
    }

    private var terms: RelayTerms { forward.relay }

    private func engine(_ reason: RelayReason?) -> Refusal? {
        if let reason, let field = forward.relayField {
            if forward.isOnlyForKernel {
                return refusal(field, "", .relay(.onlyKernel(forward.transports)))
            }
            // A loopback target is refused where it stands.
            if terms.engine == .kernel, reason != .loopbackTarget {
                return refusal(.engine, terms.engine.rawValue, .contradiction(with: field))
            }
        }
        let engines = surroundings.engines
        guard case .neither(let why) = forward.engineChoice(among: engines),
            previous?.engineChoice(among: engines) != .neither(why)
        else { return nil }
        guard let field = forward.relayField else {
            return refusal(.external, forward.externalText, .relay(.unavailable(why)))
        }
        return refusal(field, "", .relay(.unavailable(why)))
    }

    private func proxy() -> Refusal? {
        guard !forward.isOnlyForKernel else { return nil }
        let (tcp, udp) = (
            forward.transports.contains(.tcp), forward.transports.contains(.udp)
        )
        switch (terms.proxy, terms.datagramProxy) {
        case (let stream?, _) where !tcp:
            return refusal(.proxy, stream.rawValue, .relay(.notCarried(.tcp)))
        case (_, let datagrams?) where !udp:
            return refusal(.proxyUDP, datagrams.rawValue, .relay(.notCarried(.udp)))
        case (.some, nil) where udp: return refusal(.proxyUDP, "", .relay(.dialect(.udp)))
        case (nil, .some) where tcp: return refusal(.proxy, "", .relay(.dialect(.tcp)))
        default: return nil
        }
    }

    private func trustedProxies() -> Refusal? {
        let count = terms.trustedProxies.count
        guard count > Self.mostPrefixes else { return nil }
        return refusal(.trustedProxies, "\(count) prefixes", .tooLong(limit: Self.mostPrefixes))
    }

    private func counts() -> Refusal? {
        let (spares, routes) = (terms.spares.count, terms.routes.count)
        if spares > Self.mostSpares {
            return refusal(.also, "\(spares) targets", .tooLong(limit: Self.mostSpares))
        }
        guard routes > Self.mostRoutes else { return nil }
        return refusal(.names, "\(routes) names", .tooLong(limit: Self.mostRoutes))
    }

    private func routes() -> Refusal? {
        guard let first = terms.routes.first else {
            guard terms.refusesOtherNames else { return nil }
            return refusal(.otherNames, "refuse", .relay(.needs(.names)))
        }
        guard forward.transports == .tcp, forward.external.ports.isSingle else {
            return refusal(.names, first.name, .relay(.routesShape))
        }
        var seen: Set<NamePattern> = []
        let again = terms.routes.first { !seen.insert($0.name).inserted }
        return again.map { refusal(.names, $0.name, .relay(.sameRoute)) }
    }

    private func transparency() -> Refusal? {
        guard terms.isTransparent else { return nil }
        func refused(_ problem: Problem) -> Refusal { refusal(.source, "transparent", problem) }
        if forward.sourceAddress == .rewritten { return refused(.contradiction(with: .source)) }
        if terms.crossesFamilies { return refused(.contradiction(with: .crossFamilies)) }
        let isHere = forward.hosts.contains { $0.isUnix || $0.isLoopback }
        return isHere ? refused(.relay(.transparentHere)) : nil
    }

    private func check() -> Refusal? {
        guard let check = terms.check else { return nil }
        let fits =
            (1...Self.longestCheckInterval).contains(check.interval)
            && (1...Self.mostTries).contains(check.fall)
            && (1...Self.mostTries).contains(check.rise)
        return fits ? nil : refusal(.check, check, .relay(.check))
    }

    private func waits() -> [Refusal] {
        terms.timeouts.all.compactMap { field, seconds in
            let most = field == .timeoutIdle ? Self.longestIdle : Self.longestWait
            guard let seconds, !(1...most).contains(Int64(seconds)) else { return nil }
            return refusal(field, "\(seconds)s", .relay(.wait(most: most)))
        }
    }
}

/// Targets beside the forward's own.
extension Examination {
    private func furtherTargets() -> [(Target, Refusal.Field)] {
        terms.spares.map { ($0, .also) } + terms.routes.map { ($0.target, .names) }
    }

    private func furtherTarget(_ target: Target, _ field: Refusal.Field) -> Refusal? {
        let (external, inside) = (forward.external.ports, target.ports)
        guard target.host != .gateway else { return refusal(field, target, .target) }
        guard external.count == inside.count else {
            return refusal(field, target, .unequalRanges(external: external, target: inside))
        }
        if case .address(let address) = target.host, inside.overlaps(external),
            isAsked(at: address)
        {
            return refusal(field, target, .itself)
        }
        return targetHost(target.host, field) ?? unixShape(target, field)
    }

    private func unixShape(_ target: Target, _ field: Refusal.Field) -> Refusal? {
        guard target.host.isUnix,
            forward.transports != .tcp || !forward.external.ports.isSingle
        else { return nil }
        return refusal(field, target, .relay(.unixShape))
    }

    /// A relay at an address of one family reaches targets of the other only when it is told to.
    func relayedFamilies() -> Refusal? {
        guard case .address(let external) = forward.external.scope, !terms.crossesFamilies else {
            return nil
        }
        let isOther = forward.hosts.contains { $0.family.map { $0 != external.family } ?? false }
        return isOther ? refusal(.at, external, .familyMismatch) : nil
    }
}

extension Forward {
    /// The term by which it needs a relay.
    var relayField: Refusal.Field? {
        switch relayReason {
        case nil: nil
        case .loopbackTarget, .unixTarget: placeField
        case .loopbackAddress, .everyAddress: .at
        case .proxyProtocol: relay.proxy == nil ? .proxyUDP : .proxy
        case .trustedProxies: .trustedProxies
        case .severalTargets: .also
        case .healthCheck: .check
        case .serverNames: .names
        case .transparent: .source
        case .familiesCross: .crossFamilies
        case .flowBandwidth: .bandwidthPerFlow
        case .timeouts: relay.timeouts.all.first { $0.seconds != nil }?.field
        case .forwardIsTold, .daemonIsTold, .notPermitted, .kernelLacks: .engine
        }
    }

    private var placeField: Refusal.Field {
        if target.host.isUnix || target.host.isLoopback { return .to }
        return relay.spares.contains { $0.host.isUnix || $0.host.isLoopback } ? .also : .names
    }
}

extension RelayTimeouts {
    package var all: [(field: Refusal.Field, seconds: UInt32?)] {
        [
            (.timeoutConnect, connect), (.timeoutIdle, idle), (.timeoutHalfOpen, halfOpen),
            (.timeoutUDPFirst, firstDatagram), (.timeoutUDP, datagrams),
        ]
    }
}

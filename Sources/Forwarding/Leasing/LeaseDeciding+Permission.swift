import Addressing

/// What a device may have, by the operator's rules and by default.
extension LeaseDeciding {
    func permit(_ forward: Forward, _ request: LeaseRequest) throws(LeaseDenial) {
        let found = judgement(on: forward.external.ports, forward.target.ports, request)
        switch found.verdict {
        case .deny: throw .rule
        case .ask, .allow:
            if !found.allowsRisks && !request.isAllowed { try refuseRisks(forward) }
        }
        guard found.verdict == .ask, !request.isAllowed else { return }
        throw .awaitsConsent(0)
    }

    func verdict(on external: PortRange, _ request: LeaseRequest) -> LeaseRule.Verdict {
        judgement(on: external, request.ports, request).verdict
    }

    private func judgement(
        on external: PortRange, _ inside: PortRange, _ request: LeaseRequest
    ) -> (verdict: LeaseRule.Verdict, allowsRisks: Bool) {
        // It names the port at the device; a low one outside is not meant by that, unless it is the same.
        let isPlain = external.first >= 1024 || external == inside
        let consent = policy.consents.first {
            $0.transport == request.transport && inside.isSingle && inside.contains($0.port)
                && (isPlain || !$0.isAllowed) && $0.device.includes(asker.device, asker.mac)
        }
        if let consent { return (consent.isAllowed ? .allow : .deny, true) }
        let rule = policy.rules.first { rule in
            rule.device.includes(asker.device, asker.mac)
                && rule.transports?.contains(request.transport) ?? true
                && rule.covers(external, inside)
        }
        return (rule?.verdict ?? policy.otherwise, rule?.allowsRisks ?? false)
    }

    private func refuseRisks(_ forward: Forward) throws(LeaseDenial) {
        for ports in [forward.external.ports, forward.target.ports] where ports.first < 1024 {
            throw .lowPort(ports.first)
        }
        let services = ServiceCatalogue.services(
            at: forward.target.ports, forward.transports, ServiceCatalogue.all)
        if let worst = services.first(where: { $0.risk == .never }) { throw .risky(worst.title) }
    }

    func draft(_ id: ForwardID, _ request: LeaseRequest) -> Forward {
        var peers = request.filters.peers
        if let peer = request.peer {
            peers = [RemotePeer(Prefix(peer.address), port: peer.port)]
        }
        var forward = Forward(
            id: id, name: .unnamed, transports: request.transport.alone,
            external: ExternalSide(ports: request.ports),
            target: Target(host: .address(asker.device), ports: request.ports),
            sources: SourcePolicy(peers: peers),
            ends: now + Int64(lifetime(of: request.lifetime, asker.dialect)),
            enabled: request.enabled, comment: request.tidyComment, origin: .device,
            creator: asker.source.address.description, created: now)
        forward.lease = Lease(
            dialect: asker.dialect, device: asker.device, mac: asker.mac,
            manager: asker.thirdParty == nil ? nil : asker.source.address,
            nonces: request.nonce.map { [$0] } ?? [], isForPeers: request.peer != nil,
            isBidirectional: isFirst(request), askedFrom: asker.source.port,
            pinhole: request.isPinhole ? freePinhole(request.seed) : nil,
            lastsWhilePresent: request.lastsWhilePresent)
        return forward
    }

    /// One port inside leaves as one port outside.
    private func isFirst(_ request: LeaseRequest) -> Bool {
        guard asker.device.family == .v4 else { return false }
        return !table.leases(of: asker.device, at: request.ports, request.transport)
            .contains { $0.lease?.isBidirectional == true }
    }

    /// In no order, so that nobody guesses another's.
    private func freePinhole(_ seed: UInt64) -> UInt16 {
        var numbers = SplitMix(seed: seed)
        while table.pinholeCount < Int(UInt16.max) {
            let number = UInt16(truncatingIfNeeded: numbers.next())
            if table.pinhole(number) == nil { return number }
        }
        return 0
    }

    /// `pcp-51413-udp`; a pinhole is named by its device, too, since many may have its port.
    func name(of forward: Forward, _ request: LeaseRequest) -> ForwardName {
        let ports = "\(forward.external.ports)-\(forward.transports)"
        let device =
            asker.device.family == .v4
            ? "" : "-" + asker.device.description.map { $0 == ":" ? "-" : $0 }
        let stem = "\(asker.dialect.rawValue)-\(ports)\(device)"
        let names = [stem, "\(stem)-\(forward.id.number)", "lease-\(forward.id.number)"]
        return names.lazy.compactMap { ForwardName($0) }.first { table[$0] == nil } ?? .unnamed
    }
}

extension LeaseRule {
    /// What is denied is denied if any of it is named; what is allowed has to be named as a whole.
    fileprivate func covers(_ external: PortRange, _ inside: PortRange) -> Bool {
        guard verdict != .deny else {
            return ports.overlaps(external) && internalPorts.overlaps(inside)
        }
        return ports.first <= external.first && external.last <= ports.last
            && internalPorts.first <= inside.first && inside.last <= internalPorts.last
    }
}

extension TransportProtocol {
    var alone: Transports {
        switch self {
        case .tcp: .tcp
        case .udp: .udp
        case .sctp: .sctp
        }
    }
}

import Addressing

/// Mappings that a device has already.
extension LeaseDeciding {
    func renewed(
        _ before: Forward, _ request: LeaseRequest
    ) throws(LeaseDenial) -> Forward {
        guard var lease = before.lease else { throw .operators }
        let isKnown = try identify(request.nonce, lease)
        var after = before
        try move(&after, request, isKnown: isKnown)
        let sources = sources(after: before, request, lease)
        let isSame = sources == before.sources && request.enabled == before.enabled
        guard isKnown || isSame else { throw .nonce }
        guard sources.peerCount <= LeaseRequest.mostPeers else {
            throw .tooManyPeers(LeaseRequest.mostPeers)
        }
        after.sources = sources
        guard verdict(on: after.external.ports, request) != .deny else { throw .rule }
        remember(request, in: &lease, isKnown: isKnown)
        after.lease = lease
        after.enabled = request.enabled
        if request.asker.dialect == .upnp, !request.comment.isEmpty {
            after.comment = request.tidyComment
        }
        after.ends = end(of: request, after: before, isKnown: isKnown)
        return after
    }

    /// Whether the asker has shown to be the device that the mapping is for.
    ///
    /// Programs there are that draw a nonce for each request; where the operator lets them, they may
    /// renew if the hardware address is the same.
    func identify(_ nonce: LeaseNonce?, _ lease: Lease) throws(LeaseDenial) -> Bool {
        if let nonce, lease.nonces.contains(nonce) { return true }
        if let remembered = lease.mac, let mac = asker.mac, remembered != mac,
            asker.thirdParty == nil
        {
            throw .otherDevice
        }
        guard !lease.nonces.isEmpty else { return true }
        // NAT-PMP and UPnP have no nonces: they may keep alive what PCP has made.
        guard nonce != nil else { return false }
        guard policy.nonces == .lenient, lease.mac != nil, lease.mac == asker.mac else {
            throw .nonce
        }
        return false
    }

    /// Renewing alone makes no nonce known: with the next request it could change and give back, and
    /// others would be forgotten for it.
    private func remember(_ request: LeaseRequest, in lease: inout Lease, isKnown: Bool) {
        if let nonce = request.nonce, isKnown {
            if lease.nonces.isEmpty { lease.nonces = [nonce] }
            lease.dialect = .pcp
        }
        lease.mac = asker.mac ?? lease.mac
        guard isKnown else { return }
        lease.askedFrom = asker.source.port
        if request.peer == nil { lease.isForPeers = false }
        lease.lastsWhilePresent = request.lastsWhilePresent
    }

    /// UPnP may have its external port lead elsewhere; the others only say again what they have.
    private func move(
        _ forward: inout Forward, _ request: LeaseRequest, isKnown: Bool
    ) throws(LeaseDenial) {
        switch request.identity {
        case .externalPort:
            guard forward.target.ports != request.ports else { return }
            guard isKnown else { throw .nonce }
            forward.target.ports = request.ports
            try check(forward, request, replacing: forward)
        case .internalPort:
            // Whoever asks for a peer is told what there is (RFC 6887 section 12.3).
            guard request.choice == .exactly, request.asker.dialect == .pcp, request.peer == nil
            else { return }
            let wanted = request.external ?? forward.external.ports.first
            let isSame =
                wanted == forward.external.ports.first
                && request.ports.count <= forward.target.ports.count
                && isOurs(request.address)
            guard isSame else { throw .cannotProvide }
        }
    }

    private func sources(
        after before: Forward, _ request: LeaseRequest, _ lease: Lease
    ) -> SourcePolicy {
        let former = before.sources
        if let peer = request.peer {
            guard lease.isForPeers else { return former }
            let peer = RemotePeer(Prefix(peer.address), port: peer.port)
            return SourcePolicy(allowed: former.allowed, peers: former.peers + [peer])
        }
        switch request.filters {
        case .replace(let peers): return SourcePolicy(peers: peers)
        case .add(let peers):
            guard !lease.isForPeers else { return SourcePolicy(peers: peers) }
            guard !peers.isEmpty else { return former }
            return SourcePolicy(allowed: former.allowed, peers: former.peers + peers)
        }
    }

    /// A request for a peer never shortens (RFC 6887 section 12.1), nor one of who has not shown to be the
    /// device: shortening is giving back.
    private func end(
        of request: LeaseRequest, after before: Forward, isKnown: Bool
    ) -> Timestamp {
        let end = now + Int64(lifetime(of: request.lifetime, request.asker.dialect))
        guard request.peer != nil || !isKnown, let former = before.ends else { return end }
        return max(end, former)
    }

    func lifetime(of wanted: UInt32, _ dialect: MappingDialect) -> UInt32 {
        switch dialect {
        case .pcp, .natPMP: min(max(wanted, policy.shortest), policy.longest)
        case .upnp: min(max(wanted, min(60, policy.shortest)), policy.longestUPnP)
        }
    }

    func extend(_ wish: LeaseExtension) throws(LeaseDenial) -> LeaseOutcome {
        let (before, isKnown) = try pinhole(wish.pinhole)
        var after = before
        let end = now + Int64(lifetime(of: wish.lifetime, .upnp))
        after.ends = isKnown ? end : max(end, before.ends ?? end)
        return .granted(after, after == before ? nil : .changed(from: before, to: after))
    }

    func pinhole(
        _ number: UInt16
    ) throws(LeaseDenial) -> (forward: Forward, isKnown: Bool) {
        guard let forward = table.pinhole(number) else { throw .unknown }
        guard let lease = forward.lease, lease.device == asker.device else {
            throw .notOwnAddress
        }
        return (forward, try identify(nil, lease))
    }
}

extension LeaseRequest {
    /// Filters of one mapping (RFC 6887 section 13.3 asks for at least one).
    package static let mostPeers = 16

    /// What a device calls its mapping, fit to be a comment.
    var tidyComment: String {
        let scalars = comment.unicodeScalars.filter {
            switch $0.properties.generalCategory {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        var tidy = String(String.UnicodeScalarView(scalars.prefix(64)))
        while tidy.utf8.count > Examination.longestComment { tidy.removeLast() }
        return tidy
    }
}

extension SourcePolicy {
    var peerCount: Int { allowed.count + peers.count }
}

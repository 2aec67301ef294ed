import Addressing

/// Decides what a device asks for: the one place where the rules for devices are.
///
/// Theory of operation. A device may only have ports of its own address, only those that the operator's
/// rules let it have, and only so many of them. What it has already is found by its device, protocol and
/// internal port (RFC 6887 section 11.3), so that a request sent twice changes nothing; UPnP names the
/// external port instead. A new mapping gets the port that was wished for if it can be had, else that of
/// the device, else one drawn from the high ports; whatever is chosen is examined like any other forward.
package func decide(
    _ ask: LeaseAsk, table: ForwardingTable, surroundings: Surroundings, now: Timestamp
) -> LeaseOutcome {
    let deciding = LeaseDeciding(
        table: table, surroundings: surroundings, now: now, asker: ask.asker)
    do throws(LeaseDenial) {
        try deciding.checkAsker()
        switch ask {
        case .grant(let request): return try deciding.grant(request)
        case .extend(let wish): return try deciding.extend(wish)
        case .release(let release): return try deciding.release(release)
        }
    } catch { return .refused(error) }
}

/// One request of one device, with all that it is decided by.
struct LeaseDeciding {
    let table: ForwardingTable
    let surroundings: Surroundings
    let now: Timestamp
    let asker: LeaseAsker

    var policy: LeasePolicy { surroundings.leasing.policy }
    var network: NetworkView { surroundings.network }

    /// A request counts only if it came from a device of the subnet that it came in by, for itself or, if
    /// it may, for another device inside.
    func checkAsker() throws(LeaseDenial) {
        let source = asker.source.address
        guard !network.isWAN(asker.interface), !network.isOwn(source),
            network.interface(towards: source) == asker.interface,
            Examination.unfit(source, named: false, network) == nil
        else { throw .stranger }
        guard let device = asker.thirdParty else { return }
        guard policy.managers.contains(where: { $0.contains(source) }),
            let interface = network.interface(towards: device), !network.isWAN(interface),
            !network.isOwn(device), Examination.unfit(device, named: false, network) == nil
        else { throw .notOwnAddress }
    }

    func grant(_ request: LeaseRequest) throws(LeaseDenial) -> LeaseOutcome {
        if let standing = standing(for: request) {
            try checkStanding(standing, request)
            return .granted(standing, nil)
        }
        guard let before = existing(request) else {
            let forward = try create(request)
            return .granted(forward, .added(forward))
        }
        let after = try renewed(before, request)
        return .granted(after, after == before ? nil : .changed(from: before, to: after))
    }

    /// What the operator has made for the device already: it is told, and never changed.
    private func standing(for request: LeaseRequest) -> Forward? {
        guard request.identity == .internalPort, !request.isPinhole else { return nil }
        let device = request.asker.device
        return table.standing(towards: request.ports.first, of: device, request.transport).first {
            $0.enabled && !$0.isWhole && $0.relayReason == nil
                && $0.target.ports.contains(request.ports.first)
                && surroundings.addresses(of: $0.target.host)?.addresses.contains(device) == true
        }
    }

    /// It is told as it is; who insists on something else, or on fewer peers, cannot have that.
    private func checkStanding(
        _ standing: Forward, _ request: LeaseRequest
    ) throws(LeaseDenial) {
        guard request.peer == nil else { return }
        guard request.filters.peers.isEmpty else { throw .operators }
        guard request.choice == .exactly, request.asker.dialect == .pcp else { return }
        let outside = standing.externalPort(towards: request.ports.first)
        guard request.external == nil || request.external == outside, isOurs(request.address)
        else { throw .cannotProvide }
    }

    private func existing(_ request: LeaseRequest) -> Forward? {
        guard request.identity == .internalPort else { return atExternalPort(request) }
        let own = table.leases(of: asker.device, at: request.ports, request.transport)
        return own.first { $0.lease?.dialect == asker.dialect } ?? own.first
    }

    private func atExternalPort(_ request: LeaseRequest) -> Forward? {
        guard let port = request.external else { return nil }
        return table.forwards(on: port, request.transport).first {
            $0.lease?.device == asker.device && $0.external.ports.isSingle
        }
    }
}

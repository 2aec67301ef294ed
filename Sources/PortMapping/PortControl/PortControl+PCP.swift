import Addressing
import Forwarding
import Wire

/// Requests of PCP.
extension PortControl {
    func pcpReception(
        _ request: PCPRequest, _ datagram: [UInt8], from caller: PortCaller, _ outside: Outside,
        _ seed: UInt64
    ) -> PortReception {
        do throws(PCPError) {
            guard let ask = try request.ask(from: caller, seed: seed) else {
                return .answer(request.done(epoch: outside.epoch).bytes)
            }
            return .question(ask, .pcp(request, datagram: datagram))
        } catch { return .answer(error.response(to: datagram.span, epoch: outside.epoch)) }
    }
}

extension PCPRequest {
    /// Nil when the desk has nothing to do with it.
    fileprivate func ask(from caller: PortCaller, seed: UInt64) throws(PCPError) -> LeaseAsk? {
        guard let map = operation.mapping else { return nil }
        // Mappings of all ports are never made: there is none to be deleted (RFC 6887 section 15.1).
        if isDeletion, map.internalPort == 0 { return nil }
        guard let transport = TransportProtocol(rawValue: map.protocolNumber),
            let ports = ports(from: map.internalPort)
        else { throw .unsupportedProtocol }
        let asker = LeaseAsker(
            .pcp, from: caller.source, on: caller.interface, for: options.thirdParty)
        let nonce = LeaseNonce(high: map.nonce.high, low: map.nonce.low)
        guard !isDeletion else {
            let which = LeaseRelease.Which.internalPort(transport, map.internalPort)
            return .release(LeaseRelease(asker, which, nonce: nonce))
        }
        let wished = map.external.address
        var request = LeaseRequest(
            asker, transport, ports: ports, external: map.external.port,
            address: wished.isAny ? nil : wished, choice: isExact ? .exactly : .anyFree,
            lifetime: max(1, lifetime), nonce: nonce, filters: filterChange, peer: peer, seed: seed)
        request.keepsParity = options.portSet?.keepsParity ?? false
        return .grant(request)
    }

    /// As many ports of a set as one request may have (RFC 7753 section 4.1 lets the server choose).
    private static let mostPorts = 1024

    /// Nil for port 0, which stands for all.
    private func ports(from first: UInt16) -> PortRange? {
        let wanted = options.portSet.map { Int($0.size) } ?? 1
        let count = min(wanted, Self.mostPorts, Int(UInt16.max) - Int(first) + 1)
        return PortRange(first, first + UInt16(count - 1))
    }

    private var peer: Endpoint? {
        guard case .peer(let peer) = operation else { return nil }
        return peer.remote
    }

    /// Whether nothing but the suggestion will do; of a peer's mapping no other can be had
    /// (RFC 6887 section 12.3).
    var isExact: Bool {
        guard case .peer(let peer) = operation else { return options.prefersFailure }
        return peer.mapping.external.port != 0
    }

    /// What comes before the last "delete all" is of no account (RFC 6887 section 13.3).
    private var filterChange: FilterChange {
        let start = options.filters.lastIndex(of: .deleteAll)
        let peers = options.filters[(start ?? 0)...].compactMap { filter -> RemotePeer? in
            guard case .allow(let remotes) = filter else { return nil }
            return RemotePeer(remotes.prefix, port: remotes.port)
        }
        return start == nil ? .add(peers) : .replace(peers)
    }
}

/// Responses of PCP.
extension PCPRequest {
    func response(to answer: LeaseAnswer, epoch: UInt32) throws(PCPError) -> PCPResponse {
        switch answer {
        case .granted(let lease): return try granted(lease, epoch: epoch)
        case .released(let forwards):
            return done(epoch: epoch, portSet: forwards.first.flatMap { portSet(of: $0) })
        case .refused(let denial): throw denial.pcp(isExact: isExact && !isDeletion)
        }
    }

    /// That nothing is left to be done: an announcement, and what is gone.
    fileprivate func done(epoch: UInt32, portSet: PCPPortSet? = nil) -> PCPResponse {
        let nothing = Endpoint(client.family == .v4 ? .v4(.any) : .v6(.any), 0)
        return granted(
            operation.mapping?.external ?? nothing, lifetime: 0, epoch: epoch,
            portSet: portSet ?? options.portSet)
    }

    private func granted(_ lease: GrantedLease, epoch: UInt32) throws(PCPError) -> PCPResponse {
        guard let map = operation.mapping, let address = lease.address else {
            throw .networkFailure
        }
        let port =
            options.portSet == nil
            ? lease.externalPort(towards: map.internalPort)
            : lease.frontPort ?? lease.forward.external.ports.first
        return granted(
            Endpoint(address, port), lifetime: lease.lifetime, epoch: epoch,
            portSet: portSet(of: lease.forward))
    }

    private func portSet(of forward: Forward) -> PCPPortSet? {
        let (inside, outside) = (forward.target.ports, forward.external.ports)
        guard let asked = options.portSet, inside.count == outside.count else { return nil }
        let isSame = inside.first & 1 == outside.first & 1
        return PCPPortSet(
            size: UInt16(clamping: min(inside.count, Int(asked.size))),
            firstInternalPort: inside.first, keepsParity: asked.keepsParity && isSame)
    }
}

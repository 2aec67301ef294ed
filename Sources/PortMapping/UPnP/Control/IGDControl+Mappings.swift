import Addressing
import Forwarding
import Wire

/// Mappings of IPv4: made and taken away.
extension IGDControl {
    /// A week, the most that the second version of the service has: what "for ever" becomes.
    private static let longest: UInt32 = 604_800

    func add(
        _ mapping: PortMappingRequest, _ version: UInt8, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        var request = try request(for: mapping, version, caller)
        (request.identity, request.choice) = (.externalPort, .exactly)
        if mapping.key.remoteHost != nil { try await checkSenders(request, mapping.key) }
        _ = try await granted(request, version)
        return .none
    }

    func addAny(
        _ mapping: PortMappingRequest, _ version: UInt8, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        let lease = try await granted(try request(for: mapping, version, caller), version)
        let (inside, outside) = (lease.forward.target.ports, lease.forward.external.ports)
        guard inside.count == outside.count, inside.contains(mapping.internalPort) else {
            return .reservedPort(outside.first)
        }
        return .reservedPort(outside.first + (mapping.internalPort - inside.first))
    }

    private func granted(
        _ request: LeaseRequest, _ version: UInt8
    ) async throws(UPnPError) -> GrantedLease {
        switch await ask(.grant(request)) {
        case .granted(let lease): return lease
        case .released: throw .actionFailed
        case .refused(let denial): throw denial.connectionError(version)
        }
    }

    private func request(
        for mapping: PortMappingRequest, _ version: UInt8, _ caller: UPnPCaller
    ) throws(UPnPError) -> LeaseRequest {
        guard let port = PortRange(mapping.internalPort) else { throw .invalidArguments }
        let peers = mapping.key.remoteHost.map { [RemotePeer(Prefix(.v4($0)))] } ?? []
        return LeaseRequest(
            try asker(mapping.internalClient, version, caller), mapping.key.transport,
            ports: port, external: mapping.key.externalPort,
            lifetime: mapping.lease == 0 ? Self.longest : mapping.lease,
            lastsWhilePresent: mapping.lease == 0 && version == 1, filters: .replace(peers),
            enabled: mapping.isEnabled, comment: mapping.description,
            seed: UInt64.random(in: 0...(.max)))
    }

    /// A control point maps for itself; for others where the operator has managers.
    private func asker(
        _ client: IPv4Address?, _ version: UInt8, _ caller: UPnPCaller
    ) throws(UPnPError) -> LeaseAsker {
        var asker = caller.asker
        let wanted = client.map { IPAddress.v4($0) } ?? caller.host
        guard wanted != caller.host else {
            guard wanted.family == .v4 else { throw .invalidArguments }
            return asker
        }
        guard settings.hasManagers else {
            throw LeaseDenial.notOwnAddress.connectionError(version)
        }
        asker.thirdParty = wanted
        return asker
    }

    /// One mapping for one sender cannot become one for another without the first losing it.
    private func checkSenders(
        _ request: LeaseRequest, _ key: PortMappingKey
    ) async throws(UPnPError) {
        guard case .replace(let peers) = request.filters else { return }
        let sources = SourcePolicy(peers: peers)
        let own = await desk.forwards(on: key.externalPort, key.transport).filter {
            $0.lease?.device == request.asker.device
        }
        guard own.allSatisfy({ $0.sources == sources }) else { throw .conflictInMappingEntry }
    }

    func delete(
        _ key: PortMappingKey, _ version: UInt8, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        guard let port = PortRange(key.externalPort) else { throw .noSuchEntryInArray }
        let release = LeaseRelease(caller.asker, .external(key.transport, port))
        switch await ask(.release(release)) {
        case .released(let gone) where gone.isEmpty: throw .noSuchEntryInArray
        case .released, .granted: return .none
        case .refused(let denial): throw denial.deletionError(version)
        }
    }

    /// What is the caller's goes; that other things are there is not told.
    func delete(
        _ range: PortMappingRange, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        try admit(caller)
        guard let ports = PortRange(max(1, range.ports.lowerBound), range.ports.upperBound) else {
            throw .portMappingNotFound
        }
        let release = LeaseRelease(caller.asker, .external(range.transport, ports))
        guard case .released(let gone) = await ask(.release(release)), !gone.isEmpty else {
            throw .portMappingNotFound
        }
        return .none
    }
}

/// Mappings of IPv4, as they are told.
extension IGDControl {
    func genericEntry(
        _ index: Int, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        let row = await shelf.book().row(index, for: viewer(caller.host))
        guard let row else { throw .specifiedArrayIndexInvalid }
        return .genericEntry(row.entry(at: await desk.standing().now))
    }

    func specificEntry(
        _ key: PortMappingKey, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        let viewer = viewer(caller.host)
        let rows = await desk.forwards(on: key.externalPort, key.transport)
            .filter { viewer == nil || $0.lease?.device == viewer }
            .flatMap { MappingRow.rows(of: $0) }
        guard let row = rows.first(where: { $0.transport == key.transport }) else {
            throw .noSuchEntryInArray
        }
        return .specificEntry(row.entry(at: await desk.standing().now))
    }

    func list(
        _ range: PortMappingRange, _ most: Int, _ caller: UPnPCaller
    ) async throws(UPnPError) -> IGDOutputs {
        let viewer = range.includesOthers ? viewer(caller.host) : caller.host
        let found = await shelf.book().rows(for: viewer).filter {
            $0.transport == range.transport && range.ports.contains($0.forward.external.ports.first)
        }
        guard !found.isEmpty else { throw .portMappingNotFound }
        let now = await desk.standing().now
        return .listing(found.prefix(most == 0 ? .max : most).map { $0.entry(at: now) })
    }
}

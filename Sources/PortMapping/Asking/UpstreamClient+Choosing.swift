import Forwarding

/// Which protocol the router is asked by.
extension UpstreamClient {
    func granted(
        _ wish: UpstreamWish, _ held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        var left = Set(MappingDialect.allCases)
        var first: UpstreamFailure?
        var next = held?.dialect
        if next == nil { next = try await spoken(among: left) }
        while let dialect = next {
            left.remove(dialect)
            do throws(UpstreamFailure) {
                return try await map(wish, held?.dialect == dialect ? held : nil, by: dialect)
            } catch {
                if error == .translatedBetween { throw error }
                if error == .silent { forget(dialect) }
                // A refusal says more than a silence.
                first = first == nil || first == .silent ? error : first
            }
            next = try await spoken(among: left)
        }
        throw first ?? .silent
    }

    /// The best of some protocols that the router speaks.
    private func spoken(
        among dialects: Set<MappingDialect>
    ) async throws(UpstreamFailure) -> MappingDialect? {
        guard !dialects.isEmpty else { return nil }
        let known = MappingDialect.allCases.first { dialects.contains($0) && found.has($0) }
        if let known { return known }
        let more = try await discovered(dialects)
        found.pcpEpoch = found.pcpEpoch ?? more.pcpEpoch
        found.natPMP = found.natPMP ?? more.natPMP
        found.description = found.description ?? more.description
        return MappingDialect.allCases.first { dialects.contains($0) && more.has($0) }
    }

    func forget(_ dialect: MappingDialect) {
        switch dialect {
        case .pcp: found.pcpEpoch = nil
        case .natPMP: found.natPMP = nil
        case .upnp: (found.description, upnp) = (nil, nil)
        }
    }

    private func map(
        _ wish: UpstreamWish, _ held: UpstreamGrant?, by dialect: MappingDialect
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        switch dialect {
        case .pcp: return try await mapByPCP(wish, held)
        case .natPMP: return try await mapByNATPMP(wish, held)
        case .upnp:
            do throws(UpstreamFailure) { return try await opened().map(wish, held: held) } catch {
                // It may have another description by now.
                if error == .unusable(.upnp) { forget(.upnp) }
                throw error
            }
        }
    }

    func opened() async throws(UpstreamFailure) -> UPnPAsking {
        if let upnp { return upnp }
        guard try await spoken(among: [.upnp]) != nil, let location = found.description
        else { throw .silent }
        guard let asking = await UPnPAsking.open(location, way) else { throw .unusable(.upnp) }
        upnp = asking
        return asking
    }
}

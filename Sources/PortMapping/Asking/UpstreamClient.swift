package import Addressing
package import Forwarding
package import LinuxKit
import Wire

/// Asks a router by PCP, then NAT-PMP, then UPnP.
///
/// Theory of operation. What the router speaks is found out once, and again after it has been silent. A
/// refusal is tried by the next protocol, and is the answer if that has no success either. Every answer's
/// epoch is compared with the one before it.
package actor UpstreamClient: UpstreamSpeaking {
    let way: UpstreamWay
    let talk: RouterTalk
    let nonces: UpstreamNonces
    let begin = ContinuousClock.now
    var found = UpstreamDiscovery.Found()
    var upnp: UPnPAsking?
    var pcpEpoch = PCPEpoch()
    var natPMPEpoch = NATPMPEpoch()
    var isLost = false
    /// Until when announcements are not followed, in seconds of `now`.
    var quietUntil: Int64 = 0

    package init(_ way: UpstreamWay, nonces: UpstreamNonces) {
        self.way = way
        self.nonces = nonces
        talk = RouterTalk(way: way)
    }

    package func map(
        _ wish: UpstreamWish, held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        let grant = try await granted(wish, held)
        guard wish.isExact, grant.port != wish.externalPort else { return grant }
        do throws(UpstreamFailure) { try await release(grant) } catch {
            throw .otherPort(grant.port, isKept: true)
        }
        throw .otherPort(grant.port, isKept: false)
    }

    package func release(_ grant: UpstreamGrant) async throws(UpstreamFailure) {
        switch grant.dialect {
        case .pcp: try await releaseByPCP(grant.key)
        case .natPMP: try await releaseByNATPMP(grant.key)
        case .upnp: try await opened().delete(grant)
        }
    }

    package func takeLoss() -> Bool {
        defer { isLost = false }
        return isLost
    }

    /// Which protocol is preferred of those that the router speaks, and its address outside.
    package func survey() async throws(UpstreamFailure) -> (MappingDialect, IPv4Address?) {
        async let preferred = UpstreamDiscovery(way: way, dialects: [.pcp]).result()
        async let others = UpstreamDiscovery(way: way, dialects: [.natPMP, .upnp]).result()
        let hasPCP = try await preferred.get().has(.pcp)
        let rest = try await others.get()
        var address = rest.natPMP?.address
        if address == nil, let location = rest.description {
            address = try? await UPnPAsking.open(location, way)?.externalAddress()
        }
        if hasPCP {
            if address == nil { address = await addressByPCP() }
            return (.pcp, address)
        }
        if rest.has(.natPMP) { return (.natPMP, address) }
        guard rest.has(.upnp) else { throw .silent }
        return (.upnp, address)
    }

    func discovered(
        _ dialects: Set<MappingDialect>
    ) async throws(UpstreamFailure) -> UpstreamDiscovery.Found {
        try await UpstreamDiscovery(way: way, dialects: dialects).find()
    }

    /// PCP tells the address only with a mapping: one of a port where nothing is (discard), for a moment.
    private func addressByPCP() async -> IPv4Address? {
        let wish = UpstreamWish(UpstreamKey(.udp, 9), externalPort: 0, lifetime: 0)
        guard let grant = try? await mapByPCP(wish, nil) else { return nil }
        try? await release(grant)
        return grant.address
    }
}

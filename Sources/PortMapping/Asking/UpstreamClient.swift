package import Addressing
package import Forwarding
package import LinuxKit
import Wire

/// Who asks one router in front for ports.
package protocol UpstreamSpeaking: Sendable {
    /// Has a port mapped, or what is held of it renewed.
    func map(
        _ wish: UpstreamWish, held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant

    /// Gives a port back.
    func release(_ grant: UpstreamGrant) async throws(UpstreamFailure)

    /// Looks whether the router still has what it had.
    func check() async

    /// Takes in what the router told everybody.
    func hear(_ bytes: [UInt8]) async

    /// Whether the router has lost what it had since this was asked last.
    func takeLoss() async -> Bool
}

/// Asks a router by PCP, then NAT-PMP, then UPnP.
///
/// Theory of operation. What the router speaks is found out once, and again after it has been silent. A
/// refusal is tried by the next protocol, and is the answer if that has no success either. Every answer's
/// epoch is compared with the one before it.
package actor UpstreamClient: UpstreamSpeaking {
    private let way: UpstreamWay
    private let talk: RouterTalk
    private let nonces: UpstreamNonces
    private let begin = ContinuousClock.now
    private var found = UpstreamDiscovery.Found()
    private var upnp: UPnPAsking?
    private var pcpEpoch = PCPEpoch()
    private var natPMPEpoch = NATPMPEpoch()
    private var isLost = false
    /// Until when announcements are not followed, in seconds of `now`.
    private var quietUntil: Int64 = 0

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
        try? await release(grant)
        throw .otherPort(grant.port)
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

    private func discovered(
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

// MARK: - Which protocol

extension UpstreamClient {
    private func granted(
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

    private func forget(_ dialect: MappingDialect) {
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
}

// MARK: - PCP and NAT-PMP

extension UpstreamClient {
    private func mapByPCP(
        _ wish: UpstreamWish, _ held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        let request = PCPAsking.request(
            wish, held: held, nonce: nonces.nonce(for: wish.key), own: way.own)
        return try PCPAsking.grant(await response(to: request), for: wish.key)
    }

    private func releaseByPCP(_ key: UpstreamKey) async throws(UpstreamFailure) {
        let request = PCPAsking.deletion(key, nonce: nonces.nonce(for: key), own: way.own)
        try PCPAsking.check(await response(to: request, waits: Self.releaseWaits))
    }

    /// Whoever leaves does not wait for long.
    private static let releaseWaits: [Int32] = [250, 500]

    private func response(
        to request: PCPRequest, waits: [Int32] = RouterTalk.waits
    ) async throws(UpstreamFailure) -> PCPResponse {
        let answer = try await talk.ask(request.bytes, waits: waits) {
            PCPAnswer.read($0.span, to: request)
        }
        switch answer {
        case nil: throw .silent
        case .otherVersion:
            forget(.pcp)
            throw .refused(UpstreamRefusal(.pcp, code: 1, .unsupported))
        case .response(let response):
            note(response)
            return response
        }
    }

    private func mapByNATPMP(
        _ wish: UpstreamWish, _ held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        guard let request = NATPMPAsking.request(wish, held: held) else {
            throw .refused(UpstreamRefusal(.natPMP, code: 5, .unsupported))
        }
        let outside = try await answer(to: .externalAddress)
        try NATPMPAsking.check(outside)
        return try NATPMPAsking.grant(
            await answer(to: request), for: wish.key, at: outside.address)
    }

    private func releaseByNATPMP(_ key: UpstreamKey) async throws(UpstreamFailure) {
        guard let request = NATPMPAsking.deletion(key) else { return }
        try NATPMPAsking.check(await answer(to: request, waits: Self.releaseWaits))
    }

    private func answer(
        to request: NATPMPRequest, waits: [Int32] = RouterTalk.waits
    ) async throws(UpstreamFailure) -> NATPMPAnswer {
        let answer = try await talk.ask(request.bytes, waits: waits) {
            NATPMPAnswer.read($0.span, to: request)
        }
        guard let answer else { throw .silent }
        note(answer)
        return answer
    }

    private func opened() async throws(UpstreamFailure) -> UPnPAsking {
        if let upnp { return upnp }
        guard try await spoken(among: [.upnp]) != nil, let location = found.description
        else { throw .silent }
        guard let asking = await UPnPAsking.open(location, way) else { throw .unusable(.upnp) }
        upnp = asking
        return asking
    }
}

// MARK: - Epochs

extension UpstreamClient {
    package func check() async {
        if found.has(.pcp) {
            _ = try? await response(to: PCPRequest(.announce, client: .v4(way.own)))
        } else if found.has(.natPMP) {
            _ = try? await answer(to: .externalAddress)
        }
    }

    /// What is said to all may be said by anybody, and in the other protocol than is spoken with us: after
    /// it the router itself is asked.
    package func hear(_ bytes: [UInt8]) async {
        if let response = PCPResponse(reading: bytes.span) {
            guard response.operation == .announce, response.result == .success else { return }
        } else {
            guard NATPMPAnswer.read(bytes.span, to: .externalAddress) != nil else { return }
        }
        guard now >= quietUntil else { return }
        quietUntil = now + Self.shortestQuiet
        await check()
    }

    /// In seconds: a router says it ten times, and a liar as often as it likes.
    private static let shortestQuiet: Int64 = 2

    private var now: Int64 { Int64(begin.duration(to: .now).components.seconds) }

    private func note(_ response: PCPResponse) {
        if !pcpEpoch.keeps(response.epoch, at: now) { isLost = true }
    }

    private func note(_ answer: NATPMPAnswer) {
        if let epoch = answer.epoch, !natPMPEpoch.keeps(epoch, at: now) { isLost = true }
        guard let address = answer.address else { return }
        // What is mapped is to be had at another address now.
        if let before = found.natPMP?.address, before != address { isLost = true }
        found.natPMP = answer
    }
}

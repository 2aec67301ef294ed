import Forwarding
import LinuxKit
import Wire

/// PCP and NAT-PMP.
extension UpstreamClient {
    func mapByPCP(
        _ wish: UpstreamWish, _ held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        let request = PCPAsking.request(
            wish, held: held, nonce: nonces.nonce(for: wish.key), own: way.own)
        return try PCPAsking.grant(await response(to: request), for: wish.key)
    }

    func releaseByPCP(_ key: UpstreamKey) async throws(UpstreamFailure) {
        let request = PCPAsking.deletion(key, nonce: nonces.nonce(for: key), own: way.own)
        try PCPAsking.check(await response(to: request, waits: Self.releaseWaits))
    }

    /// Whoever leaves does not wait for long.
    private static let releaseWaits: [Int32] = [250, 500]

    func response(
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

    func mapByNATPMP(
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

    func releaseByNATPMP(_ key: UpstreamKey) async throws(UpstreamFailure) {
        guard let request = NATPMPAsking.deletion(key) else { return }
        try NATPMPAsking.check(await answer(to: request, waits: Self.releaseWaits))
    }

    func answer(
        to request: NATPMPRequest, waits: [Int32] = RouterTalk.waits
    ) async throws(UpstreamFailure) -> NATPMPAnswer {
        let answer = try await talk.ask(request.bytes, waits: waits) {
            NATPMPAnswer.read($0.span, to: request)
        }
        guard let answer else { throw .silent }
        note(answer)
        return answer
    }
}

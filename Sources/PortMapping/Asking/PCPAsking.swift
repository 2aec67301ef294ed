import Addressing
import Forwarding
import Wire

/// What is said to a server of PCP, and what its answers mean.
enum PCPAsking {
    /// - Parameter held: what is mapped already, which is suggested again (RFC 6887 section 11.2.1).
    static func request(
        _ wish: UpstreamWish, held: UpstreamGrant?, nonce: MappingNonce, own: IPv4Address
    ) -> PCPRequest {
        let external = Endpoint(
            .v4(held?.address ?? .any),
            wish.isExact ? wish.externalPort : held?.port ?? wish.externalPort)
        return PCPRequest(
            .map(map(wish.key, nonce, external)), lifetime: wish.lifetime, client: .v4(own))
    }

    static func deletion(
        _ key: UpstreamKey, nonce: MappingNonce, own: IPv4Address
    ) -> PCPRequest {
        PCPRequest(
            .map(map(key, nonce, Endpoint(.v4(.any), 0))), lifetime: 0, client: .v4(own))
    }

    private static func map(
        _ key: UpstreamKey, _ nonce: MappingNonce, _ external: Endpoint
    ) -> PCPMap {
        PCPMap(
            nonce: nonce, protocolNumber: key.transport.rawValue, internalPort: key.port,
            external: external)
    }

    static func grant(
        _ response: PCPResponse, for key: UpstreamKey
    ) throws(UpstreamFailure) -> UpstreamGrant {
        try check(response)
        guard let map = response.operation.mapping, map.external.port != 0,
            response.lifetime > 0
        else { throw .unusable(.pcp) }
        let address = map.external.address.v4
        return UpstreamGrant(
            key, by: .pcp, address: address == .any ? nil : address, port: map.external.port,
            lifetime: min(response.lifetime, PCP.longestLifetime))
    }

    static func check(_ response: PCPResponse) throws(UpstreamFailure) {
        switch response.result {
        case .success: return
        case .refused(.addressMismatch): throw .translatedBetween
        case .refused(let error): throw refusal(error)
        case .unknown(let code):
            throw .refused(UpstreamRefusal(.pcp, code: UInt16(code), .other))
        }
    }

    private static func refusal(_ error: PCPError) -> UpstreamFailure {
        let reason: UpstreamRefusal.Reason =
            switch error {
            case .notAuthorized: .notAuthorized
            case .noResources, .quotaExceeded, .excessiveRemotePeers: .noResources
            case .cannotProvideExternal: .portTaken
            case .networkFailure: .noExternalAddress
            case .unsupportedProtocol, .unsupportedOpcode, .unsupportedOption, .unsupportedVersion:
                .unsupported
            case .malformedRequest, .malformedOption, .addressMismatch: .other
            }
        return .refused(UpstreamRefusal(.pcp, code: UInt16(error.rawValue), reason))
    }
}

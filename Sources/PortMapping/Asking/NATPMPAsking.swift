import Addressing
import Forwarding
import Wire

/// What is said to a gateway of NAT-PMP, and what its answers mean.
enum NATPMPAsking {
    /// Nil for a protocol that it cannot map.
    static func request(_ wish: UpstreamWish, held: UpstreamGrant?) -> NATPMPRequest? {
        map(wish.key, external: held?.port ?? wish.externalPort, wish.lifetime)
    }

    static func deletion(_ key: UpstreamKey) -> NATPMPRequest? { map(key, external: 0, 0) }

    private static func map(
        _ key: UpstreamKey, external: UInt16, _ lifetime: UInt32
    ) -> NATPMPRequest? {
        NATPMPTransport.allCases.first { $0.transport == key.transport }.map {
            .map(
                NATPMPMap(
                    $0, internalPort: key.port, externalPort: external, lifetime: lifetime))
        }
    }

    static func grant(
        _ answer: NATPMPAnswer, for key: UpstreamKey, at address: IPv4Address?
    ) throws(UpstreamFailure) -> UpstreamGrant {
        try check(answer)
        guard case .mapped(let map, _) = answer, map.externalPort != 0, map.lifetime > 0
        else { throw .unusable(.natPMP) }
        return UpstreamGrant(
            key, by: .natPMP, address: address, port: map.externalPort,
            lifetime: min(map.lifetime, PCP.longestLifetime))
    }

    static func check(_ answer: NATPMPAnswer) throws(UpstreamFailure) {
        switch answer {
        case .externalAddress, .mapped: return
        case .refused(let error, _): throw refusal(error)
        case .failed(let code, _): throw .refused(UpstreamRefusal(.natPMP, code: code, .other))
        }
    }

    private static func refusal(_ error: NATPMPError) -> UpstreamFailure {
        let reason: UpstreamRefusal.Reason =
            switch error {
            case .notAuthorized: .notAuthorized
            case .networkFailure: .noExternalAddress
            case .outOfResources: .noResources
            case .unsupportedVersion, .unsupportedOpcode: .unsupported
            }
        return .refused(UpstreamRefusal(.natPMP, code: error.rawValue, reason))
    }
}

extension NATPMPAnswer {
    var epoch: UInt32? {
        switch self {
        case .externalAddress(_, let epoch), .mapped(_, let epoch), .failed(_, let epoch): epoch
        case .refused(_, let epoch): epoch
        }
    }

    /// Nil for none.
    var address: IPv4Address? {
        guard case .externalAddress(let address, _) = self, address != .any else { return nil }
        return address
    }
}

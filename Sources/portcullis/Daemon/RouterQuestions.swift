import Addressing
import Diagnosis
import Forwarding
import LinuxKit
import PortMapping

/// Asks the routers in front for their addresses outside, for "wan".
struct RouterQuestions: UpstreamAsking {
    let nonces: UpstreamNonces

    func externalAddress(
        by router: IPv4Address?, from own: IPv4Address, on wan: InterfaceName
    ) async throws(UpstreamUnreached) -> UpstreamAnswer? {
        guard let router else { return nil }
        let way = UpstreamWay(router: router, own: own, interface: wan)
        let client = UpstreamClient(way, nonces: nonces)
        do throws(UpstreamFailure) {
            let (dialect, address) = try await client.survey()
            return address.map { UpstreamAnswer(dialect.told, $0) }
        } catch {
            // Every other failure is the router's.
            guard case .unasked(let code) = error else { return nil }
            throw UpstreamUnreached(code: code)
        }
    }
}

extension MappingDialect {
    fileprivate var told: UpstreamAnswer.Dialect {
        switch self {
        case .pcp: .pcp
        case .natPMP: .natPMP
        case .upnp: .upnp
        }
    }
}

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
    ) async -> UpstreamAnswer? {
        guard let router else { return nil }
        let way = UpstreamWay(router: router, own: own, interface: wan)
        let client = UpstreamClient(way, nonces: nonces)
        guard let (dialect, address) = try? await client.survey(), let address else { return nil }
        return UpstreamAnswer(dialect.told, address)
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

import Addressing
import Forwarding

extension [Destination] {
    /// All but the first as further targets of a forward.
    func spares(at external: PortRange) -> [Target] {
        dropFirst().map { Target(host: $0.host, ports: $0.ports ?? external) }
    }
}

package import Addressing
package import Forwarding

/// What is wanted of routers in front of the WANs, and what they say to it.
///
/// Nobody asks them here: who does says what came of it.
extension Gateway {
    package struct UpstreamWant: Hashable, Sendable {
        package var forward: ForwardID
        package var name: ForwardName
        /// The WANs by which it is reached, each with the address that it is reached at.
        package var places: [InterfaceName: IPv4Address]
        package var keys: [UpstreamKey]
    }

    /// Ports for all forwards that are in force and ask for them, and the network that they were found in.
    package func upstreamWants() -> (wants: [UpstreamWant], network: NetworkView) {
        let wants = table.all.filter(asksUpstream).map { forward in
            UpstreamWant(
                forward: forward.id, name: forward.name, places: upstreamPlaces(of: forward),
                keys: forward.transports.all.flatMap { transport in
                    forward.external.ports.ports.map { UpstreamKey(transport, $0) }
                })
        }
        return (wants.filter { !$0.places.isEmpty }, surroundings.network)
    }

    /// Rings whenever something else may be wanted; one listener at a time.
    package func upstreamChanges() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        upstreamListener = continuation
        continuation.yield()
        return stream
    }

    /// Takes in how it stands with all ports at routers in front.
    package func noteUpstream(_ ports: [ForwardID: [UpstreamPort]]) {
        let former = upstreamPorts
        upstreamPorts = ports
        tellDevicesOfFront(former)
    }

    private func asksUpstream(_ forward: Forward) -> Bool {
        let isChained = settings.chainsLeases && forward.lease != nil
        guard forward.asksUpstream || isChained, forward.isAskedOverIPv4, !forward.isWhole else {
            return false
        }
        return installedForm(of: forward, in: surroundings) != nil
    }

    private func upstreamPlaces(of forward: Forward) -> [InterfaceName: IPv4Address] {
        let network = surroundings.network
        var places: [InterfaceName: IPv4Address] = [:]
        for wan in network.wans {
            let own = network.addresses(of: wan).lazy.compactMap(\.v4)
            switch forward.external.scope {
            case .everyWAN: places[wan] = own.first
            case .interface(let name): places[wan] = name == wan ? own.first : nil
            case .address(let address): places[wan] = own.first { .v4($0) == address }
            }
        }
        return places
    }
}

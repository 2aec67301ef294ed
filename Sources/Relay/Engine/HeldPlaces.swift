package import Addressing
import Synchronization

/// The places where a relay listens, readable from any thread.
package final class HeldPlaces: Sendable {
    private struct Place: Hashable {
        var transport: TransportProtocol
        var address: IPAddress
        var port: UInt16
    }

    private let places = Mutex<Set<Place>>([])

    func become(_ keys: Set<ListenKey>) {
        let now = Set(
            keys.map { Place(transport: $0.transport, address: $0.address, port: $0.port) })
        places.withLock { $0 = now }
    }

    package func contains(
        _ transport: TransportProtocol, _ address: IPAddress, _ port: UInt16
    ) -> Bool {
        let place = Place(transport: transport, address: address, port: port)
        return places.withLock { $0.contains(place) }
    }
}

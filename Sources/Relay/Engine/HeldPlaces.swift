package import Addressing
import Synchronization

/// The places where a relay listens, readable from any thread.
package final class HeldPlaces: Sendable {
    private struct Place: Hashable {
        var transport: TransportProtocol
        var address: IPAddress
        var port: UInt16

        init(_ key: ListenKey) {
            (transport, address, port) = (key.transport, key.address, key.port)
        }

        init(transport: TransportProtocol, address: IPAddress, port: UInt16) {
            (self.transport, self.address, self.port) = (transport, address, port)
        }
    }

    private let places = Mutex<Set<Place>>([])

    func insert(_ key: ListenKey) { _ = places.withLock { $0.insert(Place(key)) } }

    func remove(_ key: ListenKey) { _ = places.withLock { $0.remove(Place(key)) } }

    package func contains(
        _ transport: TransportProtocol, _ address: IPAddress, _ port: UInt16
    ) -> Bool {
        let place = Place(transport: transport, address: address, port: port)
        return places.withLock { $0.contains(place) }
    }
}

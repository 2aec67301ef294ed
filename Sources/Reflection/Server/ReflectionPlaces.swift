package import Addressing
import Wire

/// Where a STUN server is asked, and answers from.
///
/// One place says from where it sees a client. Four (two addresses with two ports each) also show what
/// stands between: how it maps, and what it lets through (RFC 5780 section 3.1).
package struct ReflectionPlaces: Hashable, Sendable {
    /// One, or four: bit 0 of the index stands for the other port, bit 1 for the other address.
    package let all: [Endpoint]

    package init(at place: Endpoint) { all = [place] }

    /// Nil unless address and port both differ.
    package init?(at place: Endpoint, other: Endpoint) {
        guard place.address.family == other.address.family, place.address != other.address,
            place.port != other.port
        else { return nil }
        all = [
            place, Endpoint(place.address, other.port), Endpoint(other.address, place.port), other,
        ]
    }

    /// Whether RFC 5780 can be served.
    var isWhole: Bool { all.count == 4 }

    /// The place that differs as asked from the one that was asked.
    func index(from asked: Int, _ change: STUNChange) -> Int {
        asked ^ (change.contains(.port) ? 1 : 0) ^ (change.contains(.address) ? 2 : 0)
    }
}

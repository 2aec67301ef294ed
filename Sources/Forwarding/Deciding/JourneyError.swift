package import Addressing

/// What can be wrong with a question about a packet.
package enum JourneyError: Hashable, Sendable {
    case source
    case destination
    case severalTransports
    /// No WAN has an address of the family.
    case noWANAddress(AddressFamily)
    /// The source is in none of the subnets inside.
    case notInside
    /// The interfaces that there are.
    case noInterface([InterfaceName])
}

/// Where packets to anywhere are handed on.
package enum NextHop: Hashable, Sendable {
    /// A router.
    case gateway(IPAddress)
    /// The link itself: the other end of a point-to-point connection takes everything.
    case link(AddressFamily)

    package var family: AddressFamily {
        switch self {
        case .gateway(let address): address.family
        case .link(let family): family
        }
    }
}

extension NextHop: CustomStringConvertible {
    package var description: String {
        switch self {
        case .gateway(let address): address.description
        case .link(.v4): "the link (IPv4)"
        case .link(.v6): "the link (IPv6)"
        }
    }
}

import Access
import Addressing
import Forwarding

/// Who is at the other end.
enum Caller: Sendable {
    /// A user of the machine, named by the kernel.
    case socket(user: String)
    case token(AccessToken)
    /// A page; its secret is what its writes have to be known by.
    case session(Session, Secret)
    case nobody

    /// Nil for nobody.
    var scope: Scope? {
        switch self {
        case .socket, .session: .admin
        case .token(let token): token.scope
        case .nobody: nil
        }
    }

    /// How the record names it.
    ///
    /// - Parameter source: the address that it came from; nil for the socket.
    func requester(from source: String?) -> Requester {
        let place = source.map { " from \($0)" } ?? ""
        let name =
            switch self {
            case .socket(let user): user
            case .token(let token): "token:\(token.name)\(place)"
            case .session(let session, _): "page:\(session.name)\(place)"
            case .nobody: "nobody\(place)"
            }
        return Requester(name: name, origin: .operator)
    }
}

/// From where a caller came, as attempts are counted.
enum CallerSource {
    /// A device has a whole /64 of IPv6 to change its address in.
    static func group(_ address: String?) -> String {
        guard let address, case .v6(let v6)? = IPAddress(address), !v6.isV4Mapped else {
            return address ?? ""
        }
        return "\(IPv6Address(high: v6.high, low: 0))/64"
    }
}

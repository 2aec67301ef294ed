package import Addressing

/// What can be wrong with a term that only a relay keeps.
package enum RelayProblem: Hashable, Sendable {
    // How it is written.
    case socketPath
    case check
    /// Seconds.
    case wait(most: Int64)
    case route
    case namePattern

    // How the parts fit.
    /// A Unix socket takes TCP at a single port.
    case unixShape
    /// Names are read at the head of TLS over TCP, at a single port.
    case routesShape
    case sameRoute
    /// It is about a protocol that the forward does not carry.
    case notCarried(TransportProtocol)
    /// How the target is told of the client has to be said for each protocol.
    case dialect(TransportProtocol)
    /// It says nothing without the other.
    case needs(Refusal.Field)
    /// Something on the machine itself cannot see the client's own address.
    case transparentHere
    /// The forward is a thing of NAT, or SCTP.
    case onlyKernel(Transports)

    // The machine.
    /// The engine that it needs is not at work, or cannot carry it.
    case unavailable(RelayReason)

    var code: String {
        switch self {
        case .socketPath: "bad-socket-path"
        case .check: "bad-check"
        case .wait: "bad-time"
        case .route, .namePattern: "bad-server-name"
        case .unixShape: "unix-shape"
        case .routesShape: "names-shape"
        case .sameRoute: "duplicate"
        case .notCarried: "not-carried"
        case .dialect: "no-dialect"
        case .needs: "needs-other"
        case .transparentHere: "transparent-here"
        case .onlyKernel: "only-kernel"
        case .unavailable: "no-engine"
        }
    }
}

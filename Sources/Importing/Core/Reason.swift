package import Addressing
package import Forwarding

/// Why a line was not carried over, or what should be looked at where it was.
package enum Reason: Error, Hashable, Sendable {
    // What the line asks of a forward.

    /// It is not in the form that such a file has.
    case unreadable
    /// A forward needs ports, and this has none: every port goes to one device.
    case everyPort
    /// The protocol has no ports, or it is none that forwards carry.
    case transport(String)
    /// A port is written as the name of a service.
    case portName(String)
    case unequalRanges(external: PortRange, target: PortRange)
    case shiftTooWide(PortRange)
    case unfitTarget(TargetHost)
    /// The target is the machine itself.
    case redirect
    case severalTargets
    case noTarget
    /// The text names no address and no host.
    case target(String)
    case familyMismatch
    case loopback
    /// What `line` says already answers for these packets.
    case taken(line: Int)
    case tooManySources
    /// The list of sources cannot be written as prefixes.
    case source(String)
    case ended(Timestamp)
    /// A condition that a forward does not have; without it more would be open.
    case condition(String)
    case severalInterfaces(String)
    case severalAddresses(String)
    case fromInside(String)

    // What stands in the file beside forwards.

    /// Packets are kept from the forwards below.
    case exception
    case sourceNAT
    case gatewayNAT
    case policy(String)
    case forwardRule
    case gatewayRule
    case otherTable(String)
    case unreachedChain(String)
    case action(String)
    case section(String)
    /// Its lines say why.
    case nothingLeft
    case setting(String)
    case logging
    case include(String)
    case notPublished
    /// The port that a container publishes.
    case dockerHost(String)
    case publishedAt(IPAddress)
    case application
    case tls
    case proxyProtocol
    case unixSocket
    case variable

    // What was carried over and should be looked at.

    /// The forward is bound to an interface that may not be one of the WAN side.
    case checkInterface(String)
    case notOn(String)
    case shifted
    case without(String)
    case checkZone(String)
    /// It became the whole of an address, behind all other forwards.
    case whole
}

extension Reason {
    /// Whether the line became a forward all the same.
    package var isCarriedOver: Bool {
        switch self {
        case .checkInterface, .notOn, .shifted, .without, .checkZone, .whole: true
        default: false
        }
    }
}

package import Netlink

/// The one place where the kernel is asked for its routes.
package struct RouteLookup: ~Copyable {
    private var socket: NetlinkSocket

    /// What the kernel says to a question.
    package enum Answer: Hashable, Sendable {
        case found(FoundRoute)
        /// It would not send the packet on; the error number.
        case refused(Int32)
    }

    /// Asks in the network namespace of the calling thread.
    package init() throws(KernelError) { socket = try NetlinkSocket(.route) }

    package mutating func ask(_ question: RouteQuestion) throws(KernelError) -> Answer {
        var found: FoundRoute?
        let code = try socket.ask(
            { question.write(sequence: $0, to: &$1) },
            { message in found = FoundRoute(message) ?? found })
        guard code == 0, let found else { return .refused(code) }
        return .found(found)
    }
}

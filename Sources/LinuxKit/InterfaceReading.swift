package import Addressing
internal import CLinux
package import Netlink

/// An interface at one moment: its state, what passed it, and how fast it is.
package struct InterfaceReading: Hashable, Sendable {
    package var state: InterfaceState
    package var counters: LinkCounters
    /// Bits in a second; nil without a signal, and where the link has no speed (tunnels, PPP).
    package var speed: UInt64?

    /// Reads it in the network namespace of the calling thread; nil when there is no such interface.
    package static func of(_ name: InterfaceName) throws(KernelError) -> InterfaceReading? {
        var socket = try NetlinkSocket(.route)
        guard let (state, counters) = try socket.link(name) else { return nil }
        return InterfaceReading(state: state, counters: counters, speed: speed(of: name))
    }

    private static func speed(of name: InterfaceName) -> UInt64? {
        let megabits = unsafe name.text.withCString {
            // SAFETY: the text ends with a zero and outlives the call.
            unsafe clinux_link_speed($0)
        }
        return megabits > 0 ? UInt64(megabits) * 1_000_000 : nil
    }
}

extension NetlinkSocket {
    /// One interface; nil when there is none of the name.
    mutating func link(
        _ name: InterfaceName
    ) throws(KernelError) -> (InterfaceState, LinkCounters)? {
        var (state, counters): (InterfaceState?, LinkCounters?)
        let code = try ask(
            { LinkQuestion(name).write(sequence: $0, to: &$1) },
            { message in
                guard case .link(let link, removed: false)? = RouteMessage(message) else { return }
                (state, counters) = (link, LinkCounters(message))
            })
        guard code != ErrorNumber.noDevice else { return nil }
        guard code == 0 else { throw KernelError(code: code, call: .ask) }
        guard let state, let counters else { return nil }
        return (state, counters)
    }
}

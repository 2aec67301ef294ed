package import Addressing
internal import CLinux

/// A socket that belongs to one network inside: bound to its interface, so that nothing that comes in
/// elsewhere reaches it.
package struct LANSocket: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    package enum Kind: Hashable, Sendable {
        /// Waits for connections at one of our addresses.
        case stream
        /// Sends and hears datagrams at one of our addresses, next to other programs; to groups so many
        /// routers far.
        case datagram(hops: Int32)
        /// The same, for requests that come in heaps and that no other program may hear.
        case requests(hops: Int32)
        /// Hears what is sent to a group, whose address is the place.
        case group
        /// On its way from one of our addresses to a device; it can be written to once it is there.
        case connection(to: Endpoint)
    }

    /// Bytes that wait to be read: some thousand requests, each of which costs the kernel near a page.
    private static let room: Int32 = 4 << 20

    package init(
        _ kind: Kind, at place: Endpoint, on interface: InterfaceName
    ) throws(KernelError) {
        var wanted = clinux_endpoint(place)
        // SAFETY: both arguments of each call outlive it, and are only read.
        let number =
            switch kind {
            case .stream: unsafe clinux_lan_stream(&wanted, interface.text)
            case .datagram(let hops):
                unsafe clinux_lan_datagram(&wanted, interface.text, hops, 1)
            case .requests(let hops):
                unsafe clinux_lan_datagram(&wanted, interface.text, hops, 0)
            case .group: unsafe clinux_lan_group(&wanted, interface.text)
            case .connection(let peer): Self.connect(&wanted, peer, interface)
            }
        descriptor = OwnedDescriptor(adopting: try KernelError.check(number, .ask))
        if case .requests = kind { clinux_udp_room(descriptor.number, Self.room) }
    }

    private static func connect(
        _ own: inout clinux_endpoint, _ peer: Endpoint, _ interface: InterfaceName
    ) -> Int32 {
        var wanted = clinux_endpoint(peer)
        // SAFETY: all arguments outlive the call, which only reads them.
        return unsafe clinux_lan_connect(&own, &wanted, interface.text)
    }

    /// Gives the descriptor to who closes it.
    package consuming func handedOver() -> Int32 { descriptor.handedOver() }
}

import Addressing
import LinuxKit
import NIOCore
import NIOPosix
import Wire

/// An open socket at one of the gateway's addresses inside.
struct PortDoor: Sendable {
    let site: PortSite
    let channel: any Channel

    /// A byte more than the longest message, so that what is too long looks so.
    private static let room = 1152
    private static let mostAtOnce = 64

    /// - Parameter descriptor: the site's socket, which is closed with the door.
    static func open(
        _ site: PortSite, _ descriptor: Int32, on loop: any EventLoop
    ) async throws -> PortDoor {
        let channel = try await DatagramBootstrap(group: loop)
            .channelOption(.datagramVectorReadMessageCount, value: mostAtOnce)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: mostAtOnce * room)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PortHandler(site))
                }
            }
            .withBoundSocket(descriptor).get()
        return PortDoor(site: site, channel: channel)
    }

    /// Announcements stay on the link (RFC 6886 section 3.2.1); those of IPv6 show by their hops that
    /// they come from there.
    static func socket(at address: IPAddress) -> LANSocket.Kind {
        .requests(hops: address.family == .v4 ? 1 : 255)
    }

    /// What cannot be sent is lost, as any datagram may be.
    func send(_ bytes: [UInt8], to place: Endpoint) {
        let address = place.address.octets
        let packed = channel.allocator.buffer(bytes: address)
        guard place.port != 0,
            let remote = try? SocketAddress(packedIPAddress: packed, port: Int(place.port))
        else { return }
        let buffer = channel.allocator.buffer(bytes: bytes)
        channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: remote, data: buffer), promise: nil)
    }

    /// Tells every device on the link since when mappings are known, and the external address.
    func announce() {
        let outside = site.clock.outside()
        let isV4 = site.address.family == .v4
        if site.control.pcp {
            let bytes = PCPResponse.announcement(epoch: outside.epoch).bytes
            send(bytes, to: Endpoint(isV4 ? Self.everybody4 : Self.everybody6, PCP.clientPort))
        }
        guard isV4, site.control.natPMP, outside.v4 != nil else { return }
        let bytes = outside.natPMPAnnouncement.bytes
        send(bytes, to: Endpoint(Self.everybody4, PCP.clientPort))
        // Where the first clients listened.
        send(bytes, to: Endpoint(Self.everybody4, PCP.serverPort))
    }

    private static let everybody4 = IPAddress.v4(IPv4Address(224, 0, 0, 1))
    private static let everybody6 = IPAddress.v6(IPv6Address(high: 0xff02 << 48, low: 1))
}

import Addressing
import Forwarding
import NIOCore
import NIOHTTP1
import NIOPosix

/// The HTTP port at one of our addresses.
struct WebDoor: Sendable {
    let channel: any Channel

    static func open(
        _ site: UPnPSite, _ lan: LAN, _ descriptor: Int32, _ counts: ConnectionCounts,
        _ limits: UPnPLimits, on loop: any EventLoop
    ) async throws -> WebDoor {
        let channel = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try admit(channel, to: site, lan, counts, limits)
                }
            }
            .withBoundSocket(descriptor).get()
        return WebDoor(channel: channel)
    }

    private struct Refused: Error {}

    private static func admit(
        _ channel: any Channel, to site: UPnPSite, _ lan: LAN, _ counts: ConnectionCounts,
        _ limits: UPnPLimits
    ) throws {
        guard let source = channel.remoteAddress.flatMap({ Endpoint($0) }),
            lan.holds(source.address), counts.enter(source.address)
        else { throw Refused() }
        channel.closeFuture.whenComplete { _ in counts.leave(source.address) }
        let caller = UPnPCaller(source: source, lan: lan)
        try channel.pipeline.syncOperations.addHandlers(
            RequestGuard(limits), ByteToMessageHandler(HTTPRequestDecoder()),
            ConnectionHandler(site, caller, limits))
    }
}

import Addressing
import LinuxKit
import NIOCore
import NIOPosix
import Wire

/// The sockets by which one network finds us.
///
/// At each of our addresses there is one that speaks and that hears what is sent to it alone; one more
/// for each group hears what is sent to all.
struct SearchDoor: Sendable {
    let desk: SearchDesk
    private let channels: [any Channel]

    /// Routers that announcements pass (UPnP Device Architecture 1.1 section 1.1).
    private static let hops: Int32 = 2

    /// What cannot be opened is left out; it is tried again when the network changes.
    static func open(
        _ desk: SearchDesk, voice: @escaping (IPAddress) -> SSDPVoice,
        _ socket: LANSocketMaking, on loop: any EventLoop
    ) async -> (door: SearchDoor, problems: [String]) {
        var (channels, problems): ([any Channel], [String]) = ([], [])
        let interface = desk.lan.interface
        for address in desk.lan.addresses {
            do {
                let place = Endpoint(address, SSDPGroup.port)
                let descriptor = try await socket(.datagram(hops: hops), place, interface)
                let channel = try await adopt(descriptor, desk, isUnicast: true, loop)
                channels.append(channel)
                desk.add(
                    SearchDesk.Voice(address: address, channel: channel, ssdp: voice(address)))
            } catch { problems.append("\(address): \(error)") }
        }
        let families = Set(desk.lan.addresses.map(\.family))
        for group in SSDPGroup.allCases where families.contains(group.endpoint.address.family) {
            do {
                let descriptor = try await socket(.group, group.endpoint, interface)
                channels.append(try await adopt(descriptor, desk, isUnicast: false, loop))
            } catch { problems.append("\(group.endpoint): \(error)") }
        }
        return (SearchDoor(desk: desk, channels: channels), problems)
    }

    private static func adopt(
        _ descriptor: Int32, _ desk: SearchDesk, isUnicast: Bool, _ loop: any EventLoop
    ) async throws -> any Channel {
        try await DatagramBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        SearchHandler(desk, isUnicast: isUnicast))
                }
            }
            .withBoundSocket(descriptor).get()
    }

    /// What has been said before is sent before.
    func close() async {
        for channel in channels { try? await channel.close() }
    }
}

import Addressing
import LinuxKit
import Wire

/// Hears what a router tells all its clients (224.0.0.1, port 5350).
///
/// Every machine is in that group by itself. Where another program has the port nothing is heard, and the
/// router is looked after from time to time anyway.
final class AnnouncementEar: Sendable {
    let heard: AsyncStream<[UInt8]>
    private let bell: Bell

    /// Nil when it cannot listen.
    init?(_ way: UpstreamWay) {
        let place = Endpoint(.v4(.any), PCP.clientPort)
        guard let bell = try? Bell(),
            let socket = try? DatagramSocket(at: place, on: way.interface)
        else { return nil }
        self.bell = bell
        let server = Endpoint(.v4(way.router), PCP.serverPort)
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingNewest(4))
        heard = stream
        let isStarted: Void? = try? KernelThread.start {
            while let ready = try? DatagramSocket.readable(among: [socket], unless: bell),
                !ready.isEmpty
            {
                while let (bytes, peer) = socket.receive() {
                    if peer == server { continuation.yield(bytes) }
                }
            }
            continuation.finish()
        }
        if isStarted == nil { return nil }
    }

    deinit { bell.ring() }
}

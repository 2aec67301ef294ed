import Addressing
import LinuxKit
import NIOCore
import NIOPosix
import Wire

/// Takes one event to one subscriber: a connection of its own, from our address on the subscriber's network
/// and by its interface, so that no event can leave by another.
struct EventDelivery: Sendable {
    let socket: LANSocketMaking
    let loop: any EventLoop

    /// Until the event has been sent.
    var connecting = Duration.seconds(3)
    /// Until it has been answered.
    var whole = Duration.seconds(5)

    /// - Returns: whether the subscriber has said that it has taken it.
    func deliver(_ bytes: [UInt8], to callback: LocalURL, in lan: LAN) async -> Bool {
        let peer = callback.endpoint
        guard lan.holds(peer.address), let own = lan.address(towards: peer.address),
            let descriptor = try? await socket(
                .connection(to: peer), Endpoint(own, 0), lan.interface)
        else { return false }
        let promise = loop.makePromise(of: Bool.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AnswerHandler(promise))
                    }
                }
                .withConnectedSocket(descriptor).get()
            send(bytes, by: channel)
        } catch {
            promise.succeed(false)
        }
        return (try? await promise.futureResult.get()) ?? false
    }

    private func send(_ bytes: [UInt8], by channel: any Channel) {
        let patience = channel.eventLoop.scheduleTask(in: TimeAmount(connecting)) {
            channel.close(promise: nil)
        }
        channel.eventLoop.scheduleTask(in: TimeAmount(whole)) { channel.close(promise: nil) }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).whenSuccess {
            patience.cancel()
        }
    }
}

/// Reads the first line of the answer, and nothing behind 4 KiB.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Bool>
    private var line: [UInt8] = []
    private var isAnswered = false

    private static let longest = 4096

    init(_ promise: EventLoopPromise<Bool>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        line += Array(unwrapInboundIn(data).readableBytesView)
        guard line.contains(10) || line.count > Self.longest else { return }
        let words = String(decoding: line.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
            .split(separator: " ")
        let isTaken =
            words.first?.hasPrefix("HTTP/1.") == true && words.dropFirst().first?.first == "2"
        answer(isTaken)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { answer(false) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ isTaken: Bool) {
        guard !isAnswered else { return }
        isAnswered = true
        promise.succeed(isTaken)
    }
}

extension LAN {
    /// Our address from which a device is spoken to: that of its subnet.
    func address(towards device: IPAddress) -> IPAddress? {
        let near = prefixes.filter { $0.contains(device) }
        let same = addresses.filter { $0.family == device.family }
        return same.first { address in near.contains { $0.contains(address) } }
    }
}

import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// What clients may take, whoever they are.
enum ClientLimits {
    /// At a time, at each listener.
    static let connections = 2048
    /// Of one address, at all of them: one must not keep out the others.
    static let connectionsOfSource = 1100
    /// A head has to be through, and a body to go on, within this time; then a connection is closed.
    static let patience = TimeAmount.seconds(20)
    /// A request has to be through within this time, however it trickles: 32 MiB at 2 Mbit/s.
    static let longestRequest = TimeAmount.seconds(120)
    /// In bytes; cookies and tokens are small.
    private static let head = 16 * 1024

    static func http(_ count: ConnectionCount) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [SourceHandler(count), RequestClock()],
            idleTimeout: patience,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: head, maxHeaderListSize: head, maxHeaderFieldCount: 100))
    }
}

/// How many connections each source has.
final class ConnectionCount: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// - Returns: whether one more is not too many.
    func add(_ source: String) -> Bool {
        counts.withLock { counts in
            counts[source, default: 0] += 1
            return counts[source, default: 0] <= ClientLimits.connectionsOfSource
        }
    }

    func remove(_ source: String) {
        counts.withLock { counts in
            guard let count = counts[source], count > 1 else {
                counts[source] = nil
                return
            }
            counts[source] = count - 1
        }
    }
}

/// Counts a connection while it lives.
private final class SourceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let count: ConnectionCount
    private var source: String?

    init(_ count: ConnectionCount) { self.count = count }

    func handlerAdded(context: ChannelHandlerContext) {
        let source = CallerSource.group(context.channel.remoteAddress?.ipAddress)
        self.source = source
        if !count.add(source) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let source { count.remove(source) }
        source = nil
    }
}

/// Closes a connection whose request does not come to its end.
private final class RequestClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private var deadline: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            deadline?.cancel()
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: ClientLimits.longestRequest) {
                channel.close(promise: nil)
            }
        case .body: break
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    private func stop() {
        deadline?.cancel()
        deadline = nil
    }
}

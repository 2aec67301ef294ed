import Addressing
import NIOCore
import NIOHTTP1
import Wire

/// One connection: one request, one response.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let site: UPnPSite
    private let caller: UPnPCaller
    private let limits: UPnPLimits
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isDone = false
    private var lastRead = NIODeadline.now()
    private var timers: [Scheduled<Void>] = []

    init(_ site: UPnPSite, _ caller: UPnPCaller, _ limits: UPnPLimits) {
        (self.site, self.caller, self.limits) = (site, caller, limits)
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        timers.append(
            context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.deadline)) {
                if !self.isDone { channel.close(promise: nil) }
            })
        watch(channel)
        context.fireChannelActive()
    }

    /// Closes what has been silent for too long in the middle of a request.
    private func watch(_ channel: any Channel) {
        let idle = TimeAmount(limits.idle)
        let end = lastRead + idle
        timers.append(
            channel.eventLoop.assumeIsolated().scheduleTask(deadline: end) {
                guard !self.isDone else { return }
                guard self.lastRead + idle > .now() else { return channel.close(promise: nil) }
                self.watch(channel)
            })
        if timers.count > 2 { timers.removeSubrange(1..<(timers.count - 1)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        for timer in timers { timer.cancel() }
        timers = []
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is RequestProgress else { return context.fireUserInboundEventTriggered(event) }
        lastRead = .now()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        lastRead = .now()
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard self.head == nil else { return }
            self.head = head
            do throws(WebRefusal) { try receive(head, context) } catch {
                refuse(error, context)
            }
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= limits.body else {
                return refuse(.tooLarge, context)
            }
            body += Array(buffer.readableBytesView)
        case .end: respond(context)
        }
    }

    private func receive(
        _ head: HTTPRequestHead, _ context: ChannelHandlerContext
    ) throws(WebRefusal) {
        let codings = head.headers["Transfer-Encoding"]
        guard codings.allSatisfy({ $0.lowercased() == "chunked" }) else { throw .notImplemented }
        if let text = head.headers.first(name: "Content-Length") {
            guard let length = UPnPNumber.read(text, as: UInt32.self), length <= limits.body else {
                throw .tooLarge
            }
        } else if codings.isEmpty, head.method == .POST {
            throw .lengthRequired
        }
        guard let expectation = head.headers.first(name: "Expect") else { return }
        guard expectation.lowercased() == "100-continue" else { throw .expectation }
        let go = MessageHead("HTTP/1.1 100 Continue").bytes
        context.writeAndFlush(
            wrapOutboundOut(context.channel.allocator.buffer(bytes: go)), promise: nil)
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return refuse(.badRequest, context) }
        isDone = true
        let request = WebRequest(
            head.method.rawValue, head.uri, isOld: head.version.minor == 0,
            head.headers.map { (name: $0.name, value: $0.value) }, body: body, from: caller)
        body = []
        let (site, channel) = (site, context.channel)
        Task {
            let response = await site.respond(to: request)
            let buffer = channel.allocator.buffer(bytes: response.bytes)
            try? await channel.writeAndFlush(buffer)
            channel.close(promise: nil)
            if let id = response.begins { await site.events.begin(id) }
        }
        // Who does not take the answer does not keep the connection.
        close(channel, in: TimeAmount(limits.deadline) * 3)
    }

    /// What is still on its way is read and thrown away for a moment, so that it does not break the answer.
    private func refuse(_ refusal: WebRefusal, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        let channel = context.channel
        let bytes = refusal.response(site.server).bytes
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
        close(channel, in: .seconds(1))
    }

    private func close(_ channel: any Channel, in time: TimeAmount) {
        timers.append(
            channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) })
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let refusal as WebRefusal: refuse(refusal, context)
        case HTTPParserError.invalidMethod: refuse(.notImplemented, context)
        case is HTTPParserError: refuse(.badRequest, context)
        default: context.close(promise: nil)
        }
    }
}

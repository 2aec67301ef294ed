import Addressing
import NIOCore
import NIOHTTP1
import NIOPosix
import Wire

/// Fetches short documents from a router that is not trusted.
///
/// Theory of operation. One request to a connection. A document is cut off at a size and an exchange at a
/// time, whatever the router says of its length and however slowly it sends. No redirection is followed.
struct LocalFetch: Sendable {
    let own: IPv4Address

    /// The description of a router with a telephone and a disk in it has 60 KiB.
    private static let longest = 262_144
    /// Small routers take two seconds for a mapping.
    private static let patience = TimeAmount.seconds(6)
    private static let connectPatience = TimeAmount.seconds(2)

    enum Failure: Error { case failed }

    func get(_ url: LocalURL) async throws(Failure) -> [UInt8] {
        let answer = try await exchange(url, .GET, [], [])
        guard answer.status == .ok else { throw .failed }
        return answer.body
    }

    /// The body of an answer, be it a success or a fault.
    func call(_ question: SOAPQuestion, at url: LocalURL) async throws(Failure) -> [UInt8] {
        let answer = try await exchange(
            url, .POST,
            [
                ("Content-Type", "text/xml; charset=\"utf-8\""),
                ("SOAPAction", question.header.text),
            ], question.body)
        guard [.ok, .internalServerError].contains(answer.status) else { throw .failed }
        return answer.body
    }

    private func exchange(
        _ url: LocalURL, _ method: HTTPMethod, _ fields: [(String, String)], _ body: [UInt8]
    ) async throws(Failure) -> Answer {
        do {
            let source = try SocketAddress(ipAddress: own.description, port: 0)
            let target = try SocketAddress(
                ipAddress: url.endpoint.address.description, port: Int(url.endpoint.port))
            let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Answer.self)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(to: source)
                .connectTimeout(Self.connectPatience)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandlers(
                            NIOHTTPClientResponseAggregator(maxContentLength: Self.longest),
                            AnswerHandler(promise))
                    }
                }
                .connect(to: target).get()
            channel.eventLoop.scheduleTask(in: Self.patience) {
                channel.close(promise: nil)
            }
            Self.send(to: channel, url, method, fields, body)
            return try await promise.futureResult.get()
        } catch { throw .failed }
    }

    private static func send(
        to channel: any Channel, _ url: LocalURL, _ method: HTTPMethod,
        _ fields: [(String, String)], _ body: [UInt8]
    ) {
        var headers = HTTPHeaders(fields)
        headers.add(name: "Host", value: "\(url.endpoint)")
        headers.add(name: "Connection", value: "close")
        headers.add(name: "User-Agent", value: "Linux UPnP/1.1 portcullis")
        if !body.isEmpty { headers.add(name: "Content-Length", value: "\(body.count)") }
        let head = HTTPRequestHead(
            version: .http1_1, method: method, uri: url.path, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !body.isEmpty {
            let buffer = channel.allocator.buffer(bytes: body)
            channel.write(HTTPClientRequestPart.body(.byteBuffer(buffer)), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var body: [UInt8]
    }

    /// Keeps its promise with the first answer, or with a failure when there is none to come.
    private final class AnswerHandler: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull
        private var promise: EventLoopPromise<Answer>?

        init(_ promise: EventLoopPromise<Answer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = Self.unwrapInboundIn(data)
            let body = answer.body.map { Array($0.readableBytesView) } ?? []
            promise?.succeed(Answer(status: answer.head.status, body: body))
            promise = nil
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { fail() }

        func handlerRemoved(context: ChannelHandlerContext) { fail() }

        private func fail() {
            promise?.fail(Failure.failed)
            promise = nil
        }
    }
}

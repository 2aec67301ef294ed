import Access
import ControlModel
import Forwarding
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Does a request that is repeated with the same `Idempotency-Key` once.
struct IdempotencyMiddleware: RouterMiddleware {
    let answers: RememberedAnswers

    /// Bytes of a key.
    private static let longest = 255
    /// Bytes of an answer that is kept; a longer one is not, and the key is free again.
    private static let largest = 1 << 20

    private static let header = HTTPField.Name("Idempotency-Key")
    private static let replayed = HTTPField.Name("Idempotent-Replay")

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard let header = Self.header, let text = request.headers[header],
            Self.isKept(request, context)
        else { return try await next(request, context) }
        guard (1...Self.longest).contains(text.utf8.count) else {
            throw Views.Problem.badKey(text, longest: Self.longest)
        }
        let key = RememberedAnswers.Key(
            caller: context.requester.name, method: request.method.rawValue,
            path: request.uri.string, text: text)
        let body = try await request.bytes(context)
        switch answers.find(key, print: body.hashValue, now: .now) {
        case .reused: throw Views.Problem.reusedKey(text)
        case .underWay: throw Views.Problem.keyUnderWay(text)
        case .answered(let answer): return Self.again(answer)
        case .new:
            var request = request
            request.body = RequestBody(buffer: body)
            return try await first(request, context, key, next)
        }
    }

    /// Answers with secrets in them (a token, a session) are given once, whatever key they came with.
    private static func isKept(_ request: Request, _ context: ControlContext) -> Bool {
        ControlRoute.of(request.method.rawValue, context.endpointPath)?.scope == .operate
    }

    private func first(
        _ request: Request, _ context: ControlContext, _ key: RememberedAnswers.Key,
        _ next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            let body = try await CollectedBody.of(response)
            let answer = RememberedAnswers.Answer(
                status: response.status, headers: response.headers, body: body)
            if response.status.code < 500, body.readableBytes <= Self.largest {
                answers.keep(answer, for: key)
            } else {
                answers.forget(key)
            }
            return Self.response(answer)
        } catch {
            answers.forget(key)
            throw error
        }
    }

    private static func again(_ answer: RememberedAnswers.Answer) -> Response {
        var response = response(answer)
        if let replayed { response.headers[replayed] = "true" }
        return response
    }

    private static func response(_ answer: RememberedAnswers.Answer) -> Response {
        Response(
            status: answer.status, headers: answer.headers, body: .init(byteBuffer: answer.body))
    }
}

/// A body as one buffer.
private final class CollectedBody: Sendable {
    private let collected = Mutex(ByteBuffer())

    static func of(_ response: Response) async throws -> ByteBuffer {
        let body = CollectedBody()
        try await response.body.write(Writer(body: body))
        return body.collected.withLock { $0 }
    }

    private struct Writer: ResponseBodyWriter {
        let body: CollectedBody

        func write(_ buffer: ByteBuffer) async throws {
            body.collected.withLock { _ = $0.writeImmutableBuffer(buffer) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}

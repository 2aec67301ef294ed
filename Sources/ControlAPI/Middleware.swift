import ControlModel
import Forwarding
import FoundationEssentials
import Gateway
import Hummingbird
import NIOCore
import Storage

/// Turns everything that goes wrong into problem details (RFC 9457).
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            return try problem(error).response()
        }
    }

    private func problem(_ error: any Error) -> Views.Problem {
        switch error {
        case let problem as Views.Problem: problem
        case let refusal as Refusal: Views.Problem([refusal])
        case let bodies as RefusedBodies: Views.Problem(bodies.refusals)
        case let error as HTTPError:
            Views.Problem(
                status: error.status.code, title: error.status.reasonPhrase,
                detail: error.body ?? error.status.reasonPhrase)
        case let error as EngineError:
            Views.Problem([Refusal(field: .state, value: "", problem: .engine(error))])
        case let error as DecodingError: Views.Problem([error.refusal])
        case let error as TooLarge:
            Views.Problem(
                status: 413, title: "Too large",
                detail: "a body may have \(error.limit) bytes; send less at once")
        case let error as StoreError:
            Views.Problem(status: 503, title: "Not kept", detail: error.sentence)
        default:
            Views.Problem(status: 500, title: "Failed", detail: "the gateway failed: \(error)")
        }
    }
}

extension DecodingError {
    /// Which key is wrong, and what it should be.
    var refusal: Refusal {
        switch self {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return Refusal(
                field: .body, value: context.codingPath.spelled,
                problem: .syntax(expectation(ofType: "\(type)")))
        case .keyNotFound(let key, let context):
            return Refusal(
                field: .body, value: (context.codingPath + [key]).spelled, problem: .missing)
        case .dataCorrupted(let context):
            return Refusal(
                field: .body, value: context.codingPath.spelled,
                problem: .syntax("is no valid JSON"))
        @unknown default:
            return Refusal(field: .body, value: "", problem: .syntax("cannot be read"))
        }
    }
}

extension Encodable {
    func response(_ status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(self))))
    }
}

extension Views.Problem {
    func response() throws -> Response {
        var response = try response(HTTPResponse.Status(code: status))
        response.headers[.contentType] = "application/problem+json"
        // RFC 9110 section 11.6.1 asks for it.
        if status == 401 { response.headers[.wwwAuthenticate] = "Bearer realm=\"portcullis\"" }
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }
}

import AsyncHTTPClient
import ControlModel
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Speaks to a running gateway over its Unix socket.
package struct ControlClient: Sendable {
    private let socket: String

    package init(socket: String) {
        self.socket = socket
    }

    package func get<Answer: Decodable>(
        _ path: String, _ query: [String: String] = [:], as type: Answer.Type
    ) async throws -> Answer {
        try await send(.GET, path, query, nil, as: type)
    }

    package func send<Answer: Decodable>(
        _ method: Method, _ path: String, _ query: [String: String] = [:],
        _ body: (any Encodable & Sendable)? = nil, as type: Answer.Type
    ) async throws -> Answer {
        try JSONDecoder().decode(type, from: try await answer(method, path, query, body))
    }

    /// Has something done that is answered by nothing but its success.
    package func order(
        _ method: Method, _ path: String, _ body: (any Encodable & Sendable)? = nil
    ) async throws { _ = try await answer(method, path, [:], body) }

    private func answer(
        _ method: Method, _ path: String, _ query: [String: String],
        _ body: (any Encodable & Sendable)?
    ) async throws -> Data {
        var request = HTTPClientRequest(url: url(path, query))
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let (status, bytes) = try await exchange(request)
        guard (200..<300).contains(status) else {
            let problem = try? JSONDecoder().decode(Views.Problem.self, from: bytes)
            throw problem
                ?? Views.Problem(
                    status: status, title: "Failed", detail: "the gateway answered \(status)")
        }
        return bytes
    }

    package enum Method: String, Sendable {
        case GET, POST, PUT, PATCH, DELETE
    }

    private func exchange(_ request: HTTPClientRequest) async throws -> (Int, Data) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        // A socket that nobody listens at stays so; the library would go on trying.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<(Int, Data), any Error>
        do { result = .success(try await exchange(request, through: client)) } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    private func exchange(
        _ request: HTTPClientRequest, through client: HTTPClient
    ) async throws -> (Int, Data) {
        let response: HTTPClientResponse
        do {
            // A file of 60,000 forwards takes seconds to decide, write and load.
            response = try await client.execute(request, timeout: .seconds(120))
        } catch { throw NoDaemon(socket: socket, detail: "\(error)") }
        var body = try await response.body.collect(upTo: 256 * 1024 * 1024)
        return (Int(response.status.code), Data(body.readBytes(length: body.readableBytes) ?? []))
    }

    /// `http+unix://` with the path of the socket, percent-encoded, as the host.
    private func url(_ path: String, _ query: [String: String]) -> String {
        let parameters = query.sorted { $0.key < $1.key }
            .map { "\($0.key.percentEncoded)=\($0.value.percentEncoded)" }
        let suffix = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        return "http+unix://\(socket.percentEncoded)\(path)\(suffix)"
    }
}

/// Nobody answers at the socket.
package struct NoDaemon: Error, Sendable {
    package var socket: String
    package var detail: String
}

extension String {
    /// Everything but letters, digits and `-._~` (RFC 3986 section 2.3).
    package var percentEncoded: String {
        utf8.map { byte in
            let isPlain =
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            guard !isPlain else { return String(UnicodeScalar(byte)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

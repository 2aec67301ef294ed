import Foundation
import TestKit

/// What a browser or a program on a device of the LAN sends to the gateway over TLS.
struct NetworkClient {
    static let place = "192.168.7.1:8444"
    static let options = ["--wan", "wan0", "--api", place]

    let gateway: GatewayProcess
    let host: TestKit.Host
    /// Headers of every request.
    var headers: [String] = []
    var place = NetworkClient.place

    var certificate: String { gateway.state.appending(path: "api.crt").path }

    /// Starts a gateway whose API is open to the LAN, and waits for it.
    static func start(_ lab: Lab, config: String? = nil) async throws -> NetworkClient {
        let gateway = try await GatewayProcess(
            on: lab.gateway, options: options, config: config)
        let client = NetworkClient(gateway: gateway, host: lab.lan1)
        try await client.wait()
        return client
    }

    struct NotThere: Error, CustomStringConvertible { var description: String }

    func wait() async throws {
        let isThere = try await eventually(within: 20) {
            try ask("GET", "/").status != 0
        }
        guard isThere else { throw NotThere(description: gateway.log) }
    }

    /// The same with more headers.
    func with(_ more: String...) -> NetworkClient {
        var client = self
        client.headers += more
        return client
    }

    func bearing(_ token: String) -> NetworkClient { with("Authorization: Bearer \(token)") }

    struct Question {
        var method = "GET"
        var path: String
        var body: String?
    }

    struct Reply: CustomStringConvertible {
        /// 0 when there was none.
        var status: Int
        /// As they were sent, in lines.
        var head: String
        var body: String

        /// The problem in a word.
        var code: String? {
            guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.utf8))
            else { return nil }
            return problem.errors.first?.code
        }

        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first {
                $0.lowercased().hasPrefix(name.lowercased() + ": ")
            }.map { String($0.dropFirst(name.count + 2)) }
        }

        func decoded<Answer: Decodable>(_ type: Answer.Type) throws -> Answer {
            try JSONDecoder().decode(type, from: Data(body.utf8))
        }

        var description: String { "\(status) \(body.prefix(300))" }

        private struct Problem: Decodable {
            var errors: [Part]
            struct Part: Decodable { var code: String }
        }
    }

    func ask(_ method: String, _ path: String, _ body: String? = nil) throws -> Reply {
        try ask([Question(method: method, path: path, body: body)])[0]
    }

    /// One after the other, by one process and on one connection where that stays open.
    func ask(_ questions: [Question]) throws -> [Reply] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "replies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let parts = questions.enumerated().map { part($1, folder.path + "/\($0)") }
        let file = folder.appending(path: "questions")
        try Data(parts.joined(separator: "next\n").utf8).write(to: file)
        let made = try host.command(["curl", "-K", file.path])
        let statuses = made.output.split(separator: "\n").map { Int($0) ?? 0 }
        return questions.indices.map { place in
            func text(_ ending: String) -> String {
                let bytes = try? Data(contentsOf: folder.appending(path: "\(place)\(ending)"))
                return String(decoding: bytes ?? Data(), as: UTF8.self)
            }
            return Reply(
                status: place < statuses.count ? statuses[place] : 0, head: text(".head"),
                body: text(".body"))
        }
    }

    private func part(_ question: Question, _ file: String) -> String {
        var lines = [
            "silent", "globoff", "path-as-is", "max-time = 60", "cacert = \"\(certificate)\"",
            "url = \"https://\(place)\(question.path)\"", "request = \"\(question.method)\"",
            "write-out = \"%{http_code}\\n\"", "output = \"\(file).body\"",
            "dump-header = \"\(file).head\"",
        ]
        func quoted(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        lines += headers.map { "header = \"\(quoted($0))\"" }
        if let body = question.body { lines.append("data-raw = \"\(quoted(body))\"") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension NetworkClient {
    /// Has the gateway's own command make a token.
    func token(_ name: String, _ scope: String, for duration: String = "1h") throws -> String {
        try gateway.done("token", "create", name, "--scope", scope, "--for", duration)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The code of a link that signs in once.
    func link() throws -> String {
        let url = try gateway.done("dashboard", "--no-open")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let start = "https://\(Self.place)/#link="
        guard url.hasPrefix(start) else { throw NotThere(description: url) }
        return String(url.dropFirst(start.count))
    }

    /// A page that is signed in: its cookie, and what its writes say besides.
    struct SignedIn {
        var cookie: String
        var csrf: String
    }

    func signIn(_ body: String) throws -> SignedIn {
        let reply = try ask("POST", "/v1/session", body)
        guard reply.status == 200,
            let cookie = reply.header("Set-Cookie")?.split(separator: ";").first
        else { throw NotThere(description: "\(reply)") }
        struct Session: Decodable { var csrf: String }
        return SignedIn(cookie: String(cookie), csrf: try reply.decoded(Session.self).csrf)
    }

    func signInByLink() throws -> SignedIn { try signIn(#"{"link":"\#(try link())"}"#) }

    /// As the page itself sends it.
    func page(_ session: SignedIn) -> NetworkClient {
        with(
            "Cookie: \(session.cookie)", "X-CSRF-Token: \(session.csrf)",
            "Origin: https://\(Self.place)")
    }
}

import Foundation
import TestKit

/// Ways in which tests of the command line and the API ask a gateway.
extension GatewayProcess {
    /// What `list -o json` says, as it stands.
    func listed() throws -> String { try done("list", "-o", "json") }

    /// A file of any bytes beside the state.
    func file(_ name: String, bytes: Data) throws -> String {
        let url = state.deletingLastPathComponent().appending(path: name)
        try bytes.write(to: url)
        return url.path
    }

    /// The answer of the API to one request by `curl`.
    func ask(
        _ method: String, _ path: String, body: Data? = nil, headers: [String] = [],
        seconds: Int = 60
    ) throws -> APIAnswer {
        let mark = "\n--answer-ends-here--"
        var arguments = [
            "curl", "-sS", "--max-time", "\(seconds)", "--path-as-is", "--globoff", "--unix-socket",
            socket, "-X", method, "-w", mark + "%{http_code} %{content_type}",
            "http://gateway\(path)",
        ]
        for header in headers { arguments += ["-H", header] }
        if let body {
            let file = try file("body-\(UUID().uuidString)", bytes: body)
            arguments += ["--data-binary", "@\(file)"]
        }
        let made = try Command.run(arguments)
        let parts = made.output.components(separatedBy: mark)
        let facts = (parts.last ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        return APIAnswer(
            status: facts.first.flatMap { Int($0) } ?? 0,
            type: facts.count > 1 ? facts[1] : "", body: Data(parts[0].utf8))
    }

    func ask(
        _ method: String, _ path: String, json: String, headers: [String] = [], seconds: Int = 60
    ) throws -> APIAnswer {
        try ask(method, path, body: Data(json.utf8), headers: headers, seconds: seconds)
    }
}

struct APIAnswer: CustomStringConvertible {
    /// 0 when the connection was closed without an answer.
    var status: Int
    var type: String
    var body: Data

    var text: String { String(decoding: body, as: UTF8.self) }
    var description: String { "\(status) \(type) \(text.prefix(400))" }

    /// The answer as problem details (RFC 9457); nil when it is none.
    var problem: Problem? {
        guard type == "application/problem+json" else { return nil }
        return try? JSONDecoder().decode(Problem.self, from: body)
    }

    struct Problem: Decodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var errors: [Part]

        struct Part: Decodable {
            var forward: String?
            var field: String
            var value: String
            var message: String
            var advice: String
        }
    }
}

/// The paths of all keys of a JSON text: `forwards[].name`.
///
/// Those of all elements of a list count.
func keyPaths(of json: String) throws -> Set<String> {
    func paths(_ value: Any, _ prefix: String) -> Set<String> {
        if let list = value as? [Any] {
            return list.reduce(into: []) { $0.formUnion(paths($1, prefix + "[]")) }
        }
        guard let group = value as? [String: Any] else { return [prefix] }
        return group.reduce(into: []) {
            $0.formUnion(paths($1.value, prefix.isEmpty ? $1.key : "\(prefix).\($1.key)"))
        }
    }
    return paths(try JSONSerialization.jsonObject(with: Data(json.utf8)), "")
}

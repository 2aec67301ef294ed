import Foundation
import TestKit
import Testing

/// That the OpenAPI document knows every key of what the program answers.
@Suite struct `Schemas` {
    @Test func `a schema has the keys of its type, and asks for all that always come`()
        throws
    {
        let url = projectFolder.appending(path: "Sources/ControlAPI/Document/openapi.json")
        let document = try JSONDecoder().decode(Document.self, from: try Data(contentsOf: url))
        var compared = 0
        for file in try SourceFile.all(in: "Sources/ControlModel")
        where file.path.contains("/Views") {
            for (name, keys) in AnswerType.all(in: file) {
                let schema = document.components.schemas[Self.names[name] ?? name]
                guard let schema, let properties = schema.properties else { continue }
                #expect(Set(properties.keys) == Set(keys.map(\.key)), "\(name)")
                let always = Set(keys.filter { !$0.isOptional }.map(\.key))
                #expect(Set(schema.required ?? []) == always, "\(name)")
                compared += 1
            }
        }
        // Those that stand in another's schema have none of their own.
        #expect(compared > 55, "\(compared) types have a schema")
    }

    /// Names that say less outside of `Views`.
    private static let names = [
        "Refused": "RefusedRequests", "Address": "WANAddress", "TokenBody": "NewToken",
        "PasswordBody": "NewPassword", "CodeBody": "Code", "FixBody": "WantedFixes",
    ]
}

private struct Document: Decodable {
    var components: Components

    struct Components: Decodable { var schemas: [String: Schema] }

    struct Schema: Decodable {
        var properties: [String: Ignored]?
        var required: [String]?
    }

    struct Ignored: Decodable { init(from decoder: any Decoder) throws {} }
}

/// The JSON keys of a type, as they are written in its source.
private struct AnswerType {
    var depth: Int
    var name: String
    var variables: [(name: String, isOptional: Bool)] = []
    var spelled: [String: String] = [:]

    typealias Key = (key: String, isOptional: Bool)

    static func all(in file: SourceFile) -> [(String, [Key])] {
        var (open, done): ([AnswerType], [AnswerType]) = ([], [])
        for line in file.lines {
            let depth = line.prefix { $0 == " " }.count
            let words = line.split { " :`,".contains($0) }.map(String.init)
            while let last = open.last, !words.isEmpty, depth <= last.depth {
                done.append(open.removeLast())
            }
            if words.starts(with: ["package", "struct"]), words.count > 2 {
                open.append(AnswerType(depth: depth, name: words[2]))
            } else if !open.isEmpty {
                open[open.count - 1].take(words, at: depth)
            }
        }
        return (done + open).map { ($0.name, $0.keys) }
    }

    private mutating func take(_ words: [String], at depth: Int) {
        if words.starts(with: ["package", "var"]), depth == self.depth + 4,
            !words.contains("{")
        {
            variables.append((words[2], words.last?.hasSuffix("?") == true))
        } else if words.first == "case", words.count == 4, words[2] == "=" {
            spelled[words[1]] = words[3].replacing("\"", with: "")
        }
    }

    private var keys: [Key] { variables.map { (spelled[$0.name] ?? $0.name, $0.isOptional) } }
}

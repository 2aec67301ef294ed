import Foundation
import TestKit
import Testing

/// A file of ours, as text and as code alone.
struct SourceFile: Sendable {
    /// From the top of the checkout.
    let path: String
    let lines: [String]
    /// The same lines without comments and without the text of string literals.
    let code: [String]

    init(_ path: String) throws {
        self.path = path
        let data = try Data(contentsOf: projectFolder.appending(path: path))
        let text = String(decoding: data, as: UTF8.self)
        lines = text.components(separatedBy: "\n")
        code = String(decoding: Code.only(of: Array(text.utf8)), as: UTF8.self)
            .components(separatedBy: "\n")
    }

    /// `Storage` of `Sources/Storage/Schema.swift`.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// All Swift files of ours, read once.
    private static let everything: [SourceFile] = {
        let files = try? ["Sources", "Tests"].flatMap { folder in
            try paths(in: folder).filter { $0.hasSuffix(".swift") }.map { try SourceFile($0) }
        }
        return files ?? []
    }()

    /// All Swift files below a folder of the checkout.
    static func all(in folder: String) throws -> [SourceFile] {
        let found = everything.filter { $0.path.hasPrefix(folder + "/") }
        // An empty list would keep every rule.
        return try #require(found.isEmpty ? nil : found, "no Swift files in \(folder)")
    }

    /// All files below a folder of the checkout.
    static func paths(in folder: String) throws -> [String] {
        try FileManager.default
            .subpathsOfDirectory(atPath: projectFolder.appending(path: folder).path)
            .map { "\(folder)/\($0)" }
            .filter {
                var isFolder: ObjCBool = false
                let there = projectFolder.appending(path: $0).path
                return unsafe FileManager.default.fileExists(atPath: there, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            .sorted()
    }

    /// Where a line of code does what a test looks for.
    func places(where isFound: (String) -> Bool) -> [String] {
        code.indices.filter { isFound(code[$0]) }.map {
            "\(path):\($0 + 1): \(lines[$0].trimmingCharacters(in: .whitespaces))"
        }
    }
}

extension String {
    /// Whether a word stands in it that is not part of a longer one.
    func hasWord(_ word: String) -> Bool { !words(before: "").isDisjoint(with: [word]) }

    /// The words that come right before a text; all of them for the empty one.
    func words(before end: String) -> Set<String> {
        var (found, word): (Set<String>, String) = ([], "")
        for place in indices {
            let character = self[place]
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
                continue
            }
            if !word.isEmpty, self[place...].hasPrefix(end) { found.insert(word) }
            word = ""
        }
        if !word.isEmpty, end.isEmpty { found.insert(word) }
        return found
    }
}

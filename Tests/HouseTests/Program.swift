import Foundation
import TestKit

/// The program, asked about itself.
enum Program {
    /// A command with its options, as `--experimental-dump-help` writes it.
    struct Command: Decodable {
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// Without the ones that ArgumentParser adds.
        var own: [Command] { (subcommands ?? []).filter { $0.commandName != "help" } }
    }

    struct Argument: Decodable {
        var names: [Name]?
        var shouldDisplay: Bool

        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var longNames: [String] {
            (names ?? []).filter { $0.kind == "long" && shouldDisplay }.map(\.name)
        }
    }

    static func root() throws -> Command {
        let dump = try TestKit.Command.run([GatewayProcess.binary, "--experimental-dump-help"])
        struct Dump: Decodable { var command: Command }
        return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    }

    /// Runs it where there is no gateway.
    static func alone(_ arguments: [String]) throws -> TestKit.Command.Result {
        try TestKit.Command.run(
            [GatewayProcess.binary] + arguments,
            environment: ["PORTCULLIS_SOCKET": "/nonexistent/control.sock"])
    }
}

/// A page of ours for people.
struct Page: CustomStringConvertible {
    let path: String
    let text: String

    var description: String { path }

    init(_ path: String) throws {
        self.path = path
        let data = try Data(contentsOf: projectFolder.appending(path: path))
        text = String(decoding: data, as: UTF8.self)
    }

    /// The lines of its code blocks, those that end in `\` joined with the next.
    var blockLines: [String] {
        var (lines, isInside, pending): ([String], Bool, String) = ([], false, "")
        for line in text.components(separatedBy: "\n") {
            guard !line.drop(while: { $0 == " " }).hasPrefix("```") else {
                isInside.toggle()
                continue
            }
            guard isInside else { continue }
            guard !line.hasSuffix("\\") else {
                pending += line.dropLast() + " "
                continue
            }
            lines.append(pending + line)
            pending = ""
        }
        return lines
    }

    /// The arguments of each `portcullis …` in its code blocks.
    var commandLines: [[String]] {
        blockLines.compactMap { line in
            var words = Shell.words(line)
            while let first = words.first, ["$", "#", "sudo"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "portcullis", words.count > 1 else { return nil }
            return Array(words.dropFirst())
        }
    }
}

/// As much of a shell as our pages use.
enum Shell {
    /// The words up to a pipe, a redirection, the next command or a comment.
    static func words(_ line: String) -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        func isPrompt(_ words: [String]) -> Bool { words.isEmpty }
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + "\(character)" }
                continue
            }
            switch character {
            case "'", "\"": (quote, word) = (character, word ?? "")
            case " ":
                if let done = word { words.append(done) }
                word = nil
            case "|", ">", "<", ";", "&": return words + [word].compactMap(\.self)
            case "#" where word == nil && !isPrompt(words): return words
            default: word = (word ?? "") + "\(character)"
            }
        }
        return words + [word].compactMap(\.self)
    }
}

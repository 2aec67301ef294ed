import Foundation
import TestKit
import Testing

@Suite struct `Documents` {
    @Test func `the manual names every command and every long option`() throws {
        // `--socket` is written `\-\-socket` in man(7), `Fl Fl socket` in mdoc(7).
        let manual = try Page("man/portcullis.1").text.replacing("\\-", with: "-")
            .replacing("Fl Fl ", with: "--")
        // Names of commands have hyphens, as those of options have.
        let words = Set(manual.split { " \n\t,|[](){}=".contains($0) }.map(String.init))
        for command in try Program.root().own {
            #expect(
                words.contains(command.commandName),
                "the manual says nothing of \(command.commandName)")
            for name in (command.arguments ?? []).flatMap(\.longNames) {
                #expect(
                    words.contains("--\(name)"),
                    "the manual says nothing of \(command.commandName) --\(name)")
            }
        }
    }

    @Test func `the manual says the exit codes and where things are`() throws {
        let manual = try Page("man/portcullis.1").text
        for word in ["PORTCULLIS_SOCKET", "/run/portcullis/control.sock", "/var/lib/portcullis"] {
            #expect(manual.contains(word), "the manual says nothing of \(word)")
        }
    }

    @Test func `the manual of the file names every key`() throws {
        let manual = try Page("man/portcullis.toml.5").text
        let example = try Page("docs/examples/portcullis.toml").text
        let keys = example.split(separator: "\n").compactMap { line in
            line.split(separator: "=").first.flatMap { key -> String? in
                let key = key.trimmingCharacters(in: .whitespaces)
                return key.isEmpty || key.contains(" ") || !line.contains("=") ? nil : key
            }
        }
        #expect(keys.count > 20)
        for key in Set(keys).sorted() { #expect(manual.hasWord(key), "nothing of \(key)") }
    }

    @Test(arguments: ["man/portcullis.1", "man/portcullis.toml.5"])
    func `a manual is read without a complaint`(path: String) throws {
        let file = projectFolder.appending(path: path).path
        let lint = try Command.run(["mandoc", "-T", "lint", "-W", "warning", file])
        #expect(lint.succeeded, "\(lint.output)\(lint.errors)")
    }

    static let pages: [String] = {
        let docs = (try? SourceFile.paths(in: "docs")) ?? []
        return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md"]
            + docs.filter { $0.hasSuffix(".md") }
    }()

    @Test(arguments: pages)
    func `every command line of a page can be typed`(path: String) throws {
        for words in try Page(path).commandLines where words[0] != "run" {
            let result = try Program.alone(words)
            #expect(
                [0, 1, 3].contains(result.code),
                "\(path): portcullis \(words.joined(separator: " ")): \(result.errors)")
        }
    }

    @Test func `the first page has command lines at all`() throws {
        #expect(try Page("README.md").commandLines.count >= 4)
    }

    @Test func `every example of every help can be typed`() throws {
        let root = try Program.root()
        var examples = 0
        for arguments in [["--help"]] + root.own.map({ [$0.commandName, "--help"] }) {
            let help = try Program.alone(arguments).output
            // Wrapped lines have lost their indentation.
            for line in help.split(separator: "\n") where line.hasPrefix("  portcullis ") {
                let words = Array(Shell.words(String(line)).dropFirst())
                guard words[0] != "run", !help.contains("\(line)\n--") else { continue }
                let result = try Program.alone(words)
                #expect([0, 1, 3].contains(result.code), "\(line): \(result.errors)")
                examples += 1
            }
        }
        #expect(examples > 8)
    }

    @Test func `every example of the file can be read`() throws {
        let examples = try SourceFile.paths(in: "docs/examples").filter { $0.hasSuffix(".toml") }
        #expect(!examples.isEmpty)
        for path in examples {
            let file = projectFolder.appending(path: path).path
            // It is read before the gateway is looked for.
            let result = try Program.alone(["plan", file])
            #expect(result.code == 3, "\(path): \(result.errors)")
        }
    }

    @Test(arguments: pages)
    func `a link leads to a file that is there`(path: String) throws {
        let folder = projectFolder.appending(path: path).deletingLastPathComponent()
        for part in try Page(path).text.components(separatedBy: "](").dropFirst() {
            guard let link = part.split(separator: ")", omittingEmptySubsequences: false).first,
                !link.contains("://"), let file = link.split(separator: "#").first,
                !link.hasPrefix("#")
            else { continue }
            let there = folder.appending(path: String(file)).path
            #expect(FileManager.default.fileExists(atPath: there), "\(path) links to \(link)")
        }
    }
}

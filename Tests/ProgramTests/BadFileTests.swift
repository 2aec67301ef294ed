import Foundation
import TestKit
import Testing

/// A file that `plan` and `apply` must refuse, and what the error says of it.
private struct BadFile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var content: Data
    var says: [String]

    init(_ name: String, _ content: String, _ says: String...) {
        (testDescription, self.content, self.says) = (name, Data(content.utf8), says)
    }

    init(_ name: String, bytes: [UInt8], _ says: String...) {
        (testDescription, content, self.says) = (name, Data(bytes), says)
    }
}

/// These are refused before the gateway is asked, so they need none.
@Suite struct `Bad files` {
    private static let good =
        "[[forward]]\nname = \"a\"\nexternal = \"1/tcp\"\nto = \"192.168.7.10\"\n"

    private static let keys: [BadFile] = [
        BadFile(
            "a slip in a forward", good + "\n" + good + "comnent = \"x\"\n",
            "FILE:10: forward number 2 comnent\" is no key that is known here",
            "did you mean \"comment\"?"),
        BadFile(
            "a slip in a file of DOS lines",
            (good + "comnent = \"x\"\n").replacing("\n", with: "\r\n"),
            "FILE:5: forward number 1 comnent\""),
        BadFile(
            "a slip in a table", "\n[netwrok]\nwan = []\n", "FILE:2: netwrok\"", "\"network\"?"),
        BadFile(
            "a slip inside a table", "[daemon]\n[network]\nwam = []\n", "FILE:3: network wam\"",
            "\"wan\"?"),
        BadFile(
            "a key of another table", "[network]\nwan = []\n[kernel]\nwan = []\n",
            "FILE:4: kernel wan\" is no key"),
        BadFile("a key like no other", "zzzzzzzzz = 1\n", "FILE:1: zzzzzzzzz\"", "see the manual"),
        BadFile("a key twice", "a = 1\na = 2\n", "FILE:2:", "is no TOML"),
    ]

    private static let types: [BadFile] = [
        BadFile(
            "a number for a text", good.replacing("\"1/tcp\"", with: "1"),
            "FILE:3: forward number 1 external\" should be text in quotes"),
        BadFile(
            "a text for a switch", good + good + "hairpin = \"yes\"\n",
            "FILE:9: forward number 2 hairpin\" should be true or false"),
        BadFile(
            "a text for a list", good + "allow = \"10.0.0.0/8\"\n",
            "FILE:5: forward number 1 allow\" should be a list"),
        BadFile(
            "numbers in a list", good + "allow = [1, 2]\n",
            "FILE:5: forward number 1 allow number 1\" should be text in quotes"),
        BadFile(
            "a date for a text", good + "ends = 2036-01-01T00:00:00Z\n",
            "FILE:5: forward number 1 ends\""),
        BadFile(
            "one table for a list", "[forward]\nname = \"a\"\n",
            "FILE:1: forward\" should be a list"),
        BadFile("a number for the list", "forward = 5\n", "FILE:1: forward\" should be a list"),
        BadFile(
            "a number for a table", "network = 5\n", "FILE:1: network\" should be a group of keys"),
        BadFile(
            "a choice that is none", "[network]\nguard = \"maybe\"\n", "network.guard = maybe\"",
            "on or off"),
    ]

    private static let forms: [BadFile] = [
        BadFile(
            "not UTF-8", bytes: Array("name = \"".utf8) + [0xff, 0xfe, 0x22], "FILE\" is not UTF-8"),
        BadFile("UTF-16", bytes: [0xff, 0xfe, 0x61, 0], "FILE\" is not UTF-8"),
        BadFile("a zero byte", "[[forward]]\nname = \"a\0b\"\n", "FILE:2:", "is no TOML"),
        BadFile("cut in a text", "[[forward]]\nname = \"a", "FILE:2:", "is no TOML"),
        BadFile("cut in a head", good + "[[forw", "FILE:5:", "is no TOML"),
        BadFile("cut in a list", good + "allow = [\"10.0", "FILE:5:", "is no TOML"),
        BadFile("100,000 brackets", "a = " + String(repeating: "[", count: 100_000), "nest"),
        BadFile("100,000 braces", "a = " + String(repeating: "{b=", count: 100_000), "nest"),
        BadFile(
            "a head of 100,000 parts", "[a" + String(repeating: ".a", count: 100_000) + "]\n",
            "nest"),
        BadFile(
            "a key of 100,000 parts", "a" + String(repeating: ".a", count: 100_000) + " = 1\n",
            "nest"),
        BadFile(
            "a key of 100,000 quoted parts",
            "\"a\"" + String(repeating: ".\"a\"", count: 100_000) + " = 1\n",
            "nest"),
        BadFile(
            "40 MB", "#" + String(repeating: "x", count: 40_000_000),
            "FILE\" is too long: 33554432 at most"),
        BadFile("no TOML at all", "{\"forwards\": []}", "FILE:1:", "is no TOML"),
    ]

    @Test(arguments: keys + types + forms)
    private func `each gets one line that names the place and says what is wrong`(bad: BadFile)
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bad-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "f.toml")
        try bad.content.write(to: file)
        for command in ["plan", "apply"] {
            let clock = ContinuousClock()
            let start = clock.now
            let result = try Command.run([
                GatewayProcess.binary, command, file.path, "--socket", "/nonexistent",
            ])
            let said = Comment("\(result.code) \(result.errors.prefix(600))")
            #expect(result.code == 1, said)
            #expect(
                result.errors.hasPrefix("portcullis: file \"\(file.path)")
                    || bad.says[0].contains("network."), said)
            #expect(result.errors.filter { $0 == "\n" }.count == 1, said)
            #expect(result.errors.utf8.count < 1000, said)
            #expect(!result.errors.contains("DecodingError"), said)
            for part in bad.says {
                #expect(result.errors.contains(part.replacing("FILE", with: file.path)), said)
            }
            #expect(clock.now - start < .seconds(20), said)
        }
    }

    @Test(arguments: [
        "# ...................................................\n" + good,
        "# see [1] [2\n" + String(repeating: "# it's [\n", count: 100) + good,
        "\u{feff}" + good, good.replacing("\n", with: "\r\n"),
        good + "allow = [\n" + String(repeating: "  \"10.1.2.3\", # one\n", count: 200) + "]\n",
        "forward = [{name = \"a\", external = \"1/tcp\", to = \"192.168.7.10\"}]\n",
    ])
    func `what is only unusual is read`(text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml").path
        try Data(text.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try Command.run([
            GatewayProcess.binary, "plan", file, "--socket", "/nonexistent",
        ])
        #expect(result.code == 3, "\(result.errors)")
    }

    @Test(arguments: ["/nonexistent/f.toml", "/", "/proc/self/mem"])
    func `a file that cannot be read is said to be so`(path: String) throws {
        let result = try Command.run([
            GatewayProcess.binary, "plan", path, "--socket", "/nonexistent",
        ])
        #expect(result.code == 1)
        #expect(
            result.errors
                == "portcullis: \(path) cannot be read; check the path and its permissions\n")
    }
}

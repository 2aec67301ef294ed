import Foundation
import TestKit
import Testing

/// What needs no gateway.
@Suite struct `Command line alone` {
    private static let commands = [
        "run", "add", "list", "show", "set", "remove", "enable", "disable", "flows", "end", "plan",
        "apply",
        "export", "import", "status", "trace", "wan", "stun-server", "log", "completion",
    ]

    private func run(_ arguments: [String], socket: String = "/nonexistent/control.sock") throws
        -> Command.Result
    {
        try Command.run(
            [GatewayProcess.binary] + arguments, environment: ["PORTCULLIS_SOCKET": socket])
    }

    @Test(arguments: [
        ["frob"], ["add"], ["add", "1/tcp"], ["add", "1/tcp", "192.168.7.10", "more"],
        ["add", "1/tcp", "192.168.7.10", "--frob"], ["add", "1/tcp", "192.168.7.10", "--name"],
        ["add", "1/tcp", "192.168.7.10", "--hairpin", "maybe"], ["list", "extra"],
        ["list", "-o", "yaml"], ["list", "--socket"], ["log", "-n", "many"], ["show"], ["remove"],
        ["set"], ["set", "nas"], ["set", "nas", "--anywhere", "--allow", "10.0.0.0/8"],
        ["set", "nas", "--forever", "--for", "2h"], ["set", "nas", "--every-wan", "--on", "wan0"],
        ["set", "nas", "--deny-none", "--deny", "10.0.0.0/8"],
        ["set", "nas", "--nat6", "--no-nat6"],
        ["add", "1/tcp", "192.168.7.10", "--at", "203.0.113.5", "--on", "wan0"],
        ["add", "1/tcp", "192.168.7.10", "--for", "2h", "--until", "2036-01-01T00:00:00Z"],
        ["plan"], ["apply"], ["completion"], ["completion", "tcsh"], ["run", "--wan"],
        ["flows", "a", "b"], ["end"], ["flows", "--number", "many"], ["import", "--from", "frob"],
        ["import", "--force"],
        ["import", "--docker-host", "a b"], ["trace"], ["trace", "198.51.100.7"],
        ["trace", "198.51.100.7", "nas", "--wait"],
        ["trace", "198.51.100.7", "nas", "--from-lan", "--on", "br0"],
    ])
    func `wrong usage is said with exit code 2`(arguments: [String]) throws {
        let result = try run(arguments)
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.errors.contains("portcullis"))
    }

    @Test func `without a gateway every client command ends with 3 within three seconds`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml").path
        try Data("[[forward]]\nexternal = \"1/tcp\"\nto = \"192.168.7.10\"\n".utf8)
            .write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let all = [
            ["add", "1/tcp", "192.168.7.10"], ["list"], ["show", "nas"], ["set", "nas", "--nat6"],
            ["remove", "nas"], ["enable", "nas"], ["disable", "nas"], ["flows"],
            ["flows", "--watch"], ["flows", "--ended"], ["end", "k-1-2"], ["wan"],
            ["plan", file], ["apply", file], ["export"], ["status"], ["log"],
            ["list", "-o", "json"],
        ]
        for arguments in all {
            let clock = ContinuousClock()
            let start = clock.now
            let result = try run(arguments)
            #expect(clock.now - start < .seconds(3), "\(arguments)")
            #expect(result.code == 3, "\(arguments)")
            #expect(result.output.isEmpty, "\(arguments)")
            #expect(
                result.errors
                    == "portcullis: no gateway answers at /nonexistent/control.sock; start one with \"portcullis run\"\n"
            )
        }
    }

    @Test func `a socket that nobody serves, a file and a folder are no gateway`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try UnixWire.abandon(at: folder + "/dead")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let long = "/" + String(repeating: "a", count: 300)
        for socket in [folder + "/dead", "/etc/passwd", folder, long, ""] {
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try run(["list", "--socket", socket]).code == 3, "\(socket)")
            #expect(clock.now - start < .seconds(3), "\(socket)")
        }
    }

    @Test func `the option for the socket goes before the variable`() throws {
        let result = try run(["list", "--socket", "/nonexistent/other"])
        #expect(result.errors.contains("/nonexistent/other"))
    }

    @Test(arguments: commands)
    func `every command has a help with an example`(command: String) throws {
        for arguments in [[command, "--help"], ["help", command], [command, "-h"]] {
            let help = try run(arguments)
            #expect(help.succeeded)
            #expect(help.errors.isEmpty)
            #expect(help.output.contains("USAGE: portcullis \(command)"))
            #expect(help.output.contains("EXAMPLE"))
            #expect(help.output.contains("  portcullis \(command)"))
            #expect(!help.output.contains("\u{1b}"))
        }
    }

    @Test func `the first help lists every command and the exit codes`() throws {
        let help = try run(["--help"])
        #expect(help.succeeded)
        for command in Self.commands { #expect(help.output.contains("\n  \(command) ")) }
        #expect(help.output.contains("0 done   1 refused or failed   2 wrong usage   3 no daemon"))
    }

    @Test func `the version is one of three numbers`() throws {
        let version = try run(["--version"])
        #expect(version.succeeded)
        let parts = version.output.trimmingCharacters(in: .whitespacesAndNewlines).split(
            separator: ".")
        #expect(parts.count == 3 && parts.allSatisfy { Int($0) != nil })
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completion knows every command`(shell: String) throws {
        let script = try run(["completion", shell])
        #expect(script.succeeded)
        for command in Self.commands { #expect(script.output.contains(command)) }
        for option in ["dry-run", "allow", "prune"] { #expect(script.output.contains(option)) }
    }

    @Test func `bash can read its completion`() throws {
        let script = try run(["completion", "bash"]).output
        let read = try Command.run(["bash", "-n"], input: script)
        #expect(read.succeeded, "\(read.errors)")
        // And offers what begins so.
        let asked =
            script + """

                COMP_WORDS=(portcullis sta) COMP_CWORD=1 COMP_LINE='portcullis sta' COMP_POINT=14
                COMP_TYPE=9
                _portcullis portcullis sta portcullis
                printf '%s\\n' "${COMPREPLY[@]}"
                """
        let offered = try Command.run(["bash", "-s"], input: asked)
        #expect(offered.output.contains("status"), "\(offered.errors)")
    }
}

import Foundation
import TestKit
import Testing

/// The page, as Chromium on a LAN host shows it, and as a person uses it.
///
/// What is done and expected stands in Tests/Browser/scenarios.py.
@Suite(.serialized) struct `the page in a browser` {
    @Test(arguments: [
        "add_traffic_remove_undo", "device_request", "two_tabs", "wrong_input", "phone",
        "dark_and_accessible", "lost_connection", "keyboard",
    ])
    func `it does what it is there for`(scenario: String) async throws {
        try await Lab.with { lab in
            let made = try Browsing.run("scenarios.py", [scenario], in: lab)
            #expect(made.succeeded, "\(made.errors)")
        }
    }

    /// For `make screenshots`, which names the folder that they go to.
    @Test(.enabled(if: Environment["PORTCULLIS_SCREENSHOTS"] != nil))
    func `pictures of every page`() async throws {
        let folder = try #require(Environment["PORTCULLIS_SCREENSHOTS"])
        try await Lab.with { lab in
            let made = try Browsing.run("screenshots.py", [folder], in: lab)
            #expect(made.succeeded, "\(made.errors)")
        }
    }
}

/// A script of Tests/Browser, on the lab's host `lan1`.
private enum Browsing {
    static func run(_ script: String, _ arguments: [String], in lab: Lab) throws -> Command.Result {
        let file = projectFolder.appending(path: "Tests/Browser/\(script)").path
        let namespace = lab.lan1.namespace
        return try lab.lan1.command(
            [
                "timeout", "--signal=KILL", "400", "/usr/bin/python3", "-B", file,
                "--binary", GatewayProcess.binary, "--lab",
                String(namespace.dropLast("-lan1".count)),
                "--axe", try axe(),
            ] + arguments)
    }

    /// The script that looks for what shuts people out; a package from PyPI brings it.
    private static func axe() throws -> String {
        let packages = "\(projectFolder.path)/.build/python/lib/python3*/site-packages"
        let found = try Command.shell("ls \(packages)/axe_playwright_python/axe.min.js")
        return found.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

import Foundation
import TestKit
import Testing

@Suite struct `Writers of one table` {
    /// Many requests at once, through one `curl`.
    ///
    /// - Returns: how often each status was answered.
    private static func together(
        _ requests: [(method: String, path: String, body: String)], _ gateway: GatewayProcess
    ) throws -> [String: Int] {
        let parts = requests.map { method, path, body in
            let escaped = body.replacing("\"", with: "\\\"")
            return """
                unix-socket = \(gateway.socket)
                url = "http://gateway\(path)"
                request = \(method)
                data = "\(escaped)"
                output = /dev/null
                write-out = "%{http_code}\\n"
                """
        }
        let file = try gateway.file("together", parts.joined(separator: "\nnext\n"))
        let made = try Command.run([
            "curl", "-sS", "--parallel", "--parallel-immediate", "--parallel-max", "100", "-K",
            file,
        ])
        guard made.succeeded else { throw Command.Failure(description: made.errors) }
        return made.output.split(separator: "\n").reduce(into: [:]) {
            $0[String($1), default: 0] += 1
        }
    }

    private static func forward(_ name: String, _ port: Int) -> String {
        #"{"forwards":[{"name":"\#(name)","external":"\#(port)/tcp","to":"192.168.7.10:443"}]}"#
    }

    @Test func `of a hundred forwards added at once not one is lost`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let answers = try Self.together(
                (0..<100).map { ("POST", "/v1/forwards", Self.forward("f\($0)", 20_000 + $0)) },
                gateway)
            #expect(answers == ["201": 100])
            let listed = try gateway.json(["list"], as: Listed.self)
            #expect(Set(listed.forwards.map(\.name)) == Set((0..<100).map { "f\($0)" }))
            #expect(Set(listed.forwards.map(\.id)).count == 100)
            #expect(listed.forwards.allSatisfy { $0.state == "in-force" })
            #expect(listed.revision == 100)
            gateway.kill()
            try await gateway.start()
            #expect(try gateway.json(["list"], as: Listed.self).forwards.count == 100)
        }
    }

    @Test func `of many who want one port one gets it`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let answers = try Self.together(
                (0..<40).map { ("POST", "/v1/forwards", Self.forward("f\($0)", 20_000)) }, gateway)
            #expect(answers == ["201": 1, "409": 39])
            #expect(try gateway.json(["list"], as: Listed.self).forwards.count == 1)
        }
    }

    @Test func `of many who have seen one revision one may write`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            for revision in 0..<3 {
                let path = "/v1/forwards?revision=\(revision)"
                let answers = try Self.together(
                    (0..<20).map {
                        (
                            "POST", path,
                            Self.forward("f\(revision)-\($0)", 20_000 + 100 * revision + $0)
                        )
                    },
                    gateway)
                #expect(answers == ["201": 1, "409": 19])
            }
            let listed = try gateway.json(["list"], as: Listed.self)
            #expect(listed.revision == 3 && listed.forwards.count == 3)
            let stale = try gateway.ask(
                "DELETE", "/v1/forwards/\(listed.forwards[0].name)?revision=1")
            #expect(stale.status == 409)
            #expect(stale.problem?.detail.contains("is not the table's revision any more") == true)
            #expect(stale.problem?.errors.first?.advice.contains("look at the table again") == true)
        }
    }

    @Test func `edits of one forward from many hands all land`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let edits = [
                #"{"hairpin":false}"#, #"{"comment":"c"}"#, #"{"deny":["10.0.0.1"]}"#,
                #"{"source":"rewritten"}"#,
            ]
            let answers = try Self.together(
                edits.map { ("PATCH", "/v1/forwards/nas", $0) }, gateway)
            #expect(answers == ["200": 4])
            let exported = try gateway.done("export")
            for line in [
                "hairpin = false", "comment = \"c\"", "deny = [\"10.0.0.1\"]",
                "source = \"rewritten\"",
            ] {
                #expect(exported.contains(line))
            }
        }
    }

    @Test func `the socket belongs to root and one group`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(
                on: lab.gateway, config: "[daemon]\ngroup = \"daemon\"\n")
            #expect(
                try Command.shell("stat -c '%a %U %G %F' \(gateway.socket)")
                    == "660 root daemon socket\n")
            let closed = try await GatewayProcess(
                on: lab.lan1, config: "[daemon]\ngroup = \"no-such-group\"\n")
            #expect(try Command.shell("stat -c '%a %U %F' \(closed.socket)") == "600 root socket\n")
            #expect(closed.log.contains("there is no group no-such-group: only root may use"))
            // Another user is told so, not that nobody is there. They need a way to both files.
            let folder = gateway.state.deletingLastPathComponent().path
            try Command.shell(
                "chmod 755 \(folder); install -m 755 \(GatewayProcess.binary) \(folder)/portcullis")
            let other = try Command.run([
                "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                "\(folder)/portcullis", "list", "--socket", gateway.socket,
            ])
            #expect(other.code == 1)
            #expect(other.errors.hasPrefix("portcullis: you may not use \(gateway.socket); "))
        }
    }
}

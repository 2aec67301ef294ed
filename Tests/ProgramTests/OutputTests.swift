import Addressing
import Foundation
import TestKit
import Testing

@Suite struct `Output` {
    private static let outside = Sample.endpoint("203.0.113.5", 8443)

    /// Forwards of every form, and a flow that lives while `body` runs.
    private static func alive(
        _ body: (GatewayProcess, Lab, Wire) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--on", "wan0",
                "--deny", "198.51.100.66")
            try gateway.done("add", "22/tcp", "192.168.7.20", "--at", "203.0.113.5", "--for", "1d")
            let client = try #require(try await Wire.connected(on: lab.internet, to: outside))
            let accepted = try #require(try server.accept())
            try client.send(Array(repeating: 7, count: 5000))
            _ = try accepted.wire.receive()
            try await body(gateway, lab, client)
            withExtendedLifetime(accepted) {}
        }
    }

    /// Programs read these: keys may come, none may go or change.
    ///
    /// What is added is added here.
    private static let keys: [String: Set<String>] = [
        "list": Set(forward.map { "forwards[].\($0)" } + ["revision"]), "show nas": forward,
        "flows": Set(
            [
                "age", "bytes_in", "bytes_out", "client", "engine", "external", "forward", "id",
                "seen_as",
                "state", "target", "transport",
            ].map { "flows[].\($0)" }),
        "status": [
            "version", "revision", "started", "forwards", "in_force", "adopted", "wans[].name",
            "wans[].addresses[]", "wans[].next_hops[]", "wans[].routes_answers", "lans[].name",
            "lans[].addresses[]", "guarded", "engine",
            "protected",
            "guard_dropped_packets", "guard_dropped_bytes",
        ],
        "log": Set(
            ["number", "time", "who", "origin", "kind", "forward", "detail", "revision"].map {
                "activity[].\($0)"
            }),
        "export": Set(
            ["name", "external", "on", "at", "to", "ends", "deny[]"].map { "forwards[].\($0)" }),
        "add 9/tcp 192.168.7.10 --dry-run": [
            "revision", "changes[].kind", "changes[].name", "changes[].after.name",
            "changes[].after.external", "changes[].after.to", "warnings", "flows_ended", "dry_run",
        ],
    ]

    private static let forward: Set = [
        "id", "name", "external", "on", "at", "to", "open_to[]", "deny[]", "hairpin", "source",
        "nat6", "upstream",
        "ends", "last_used", "when_closed", "enabled", "comment", "origin", "creator", "created",
        "state",
        "targets[]", "engine", "traffic.limited", "traffic.month_bytes",
        "traffic.flows", "traffic.packets_in", "traffic.bytes_in", "traffic.packets_out",
        "traffic.bytes_out", "traffic.denied",
    ]

    @Test func `the keys of every JSON answer are those that programs know`() async throws {
        try await Self.alive { gateway, _, _ in
            for (command, keys) in Self.keys {
                let arguments = command.split(separator: " ").map(String.init)
                let found = try keyPaths(of: gateway.cli(arguments + ["-o", "json"]).output)
                // A single forward has only one place; a list that is empty has no elements.
                let absent: Set = ["at", "ends", "warnings[]", "warnings", "missing", "missing[]"]
                #expect(keys.subtracting(found).subtracting(absent) == [], "\(command)")
                #expect(found.subtracting(keys).subtracting(absent) == [], "\(command)")
            }
        }
    }

    @Test func `flows shows who is there, where they go, for how long and how much`() async throws {
        try await Self.alive { gateway, lab, client in
            let flows = try gateway.json(["flows", "nas"], as: FlowsShown.self).flows
            let flow = try #require(flows.first)
            #expect(flows.count == 1)
            #expect(flow.forward == "nas" && flow.transport == "tcp")
            let own = try client.name(of: .own).description
            #expect(flow.client == own && flow.seen_as == own)
            #expect(flow.target == "192.168.7.10:443")
            #expect(flow.state == "established")
            #expect(flow.bytes_in > 5000)
            #expect((0...60).contains(flow.age ?? -1))
            let lines = try gateway.done("flows").split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines[0].contains("FORWARD  PROTO  CLIENT") && lines[0].hasPrefix("ID "))
            for word in [own, "203.0.113.5:8443", "192.168.7.10:443", "5.", "kB", "established"] {
                #expect(lines[1].contains(word), "\(lines[1])")
            }
            #expect(try gateway.done("flows", "tcp-22-203.0.113.5") == "no flows\n")
            // An edit that makes the flow stale ends it, and says so.
            #expect(
                try gateway.done("set", "nas", "--to", "192.168.7.20:443").contains("1 flow(s)"))
            #expect(try gateway.done("flows") == "no flows\n")
        }
    }

    @Test func `log says who did what and what was refused`() async throws {
        try await Self.alive { gateway, _, _ in
            #expect(try gateway.cli("add", "8443/udp", "224.0.0.1", "--name", "bad").code == 1)
            try gateway.done("set", "nas", "--to", "192.168.7.10:8443")
            try gateway.done("remove", "nas")
            let lines = try gateway.done("log").split(separator: "\n").map(String.init)
            #expect(lines[0].hasPrefix("TIME"))
            let wanted = [
                ("gateway", "started", "-"), ("root", "added", "nas"), ("root", "refused", "bad"),
                ("root", "changed", "nas"), ("root", "removed", "nas"),
            ]
            let found = lines.dropFirst().map {
                $0.split(separator: " ", omittingEmptySubsequences: true)
            }
            var rest = found[...]
            for (who, what, name) in wanted {
                // In this order, the newest last.
                let place = rest.firstIndex { $0[1] == who && $0[2] == what && $0[3] == name }
                #expect(place != nil, "\(who) \(what) \(name): \(lines)")
                rest = rest[((place ?? rest.startIndex) + 1)...]
            }
            #expect(lines.contains { $0.contains(" refused ") && $0.contains("to 224.0.0.1") })
            #expect(
                lines.contains {
                    $0.contains("192.168.7.10:443 is now 8443/tcp to 192.168.7.10:8443")
                })
            let own = try gateway.done("log", "bad").split(separator: "\n")
            #expect(own.count == 2 && own[1].contains("refused"))
            #expect(try gateway.done("log", "-n", "2").split(separator: "\n").count == 3)
        }
    }

    @Test func `escape codes are for terminals only`() async throws {
        try await Self.alive { gateway, _, _ in
            let reading = [
                ["list"], ["show", "nas"], ["flows"], ["status"], ["log"], ["export"],
                ["add", "3389/tcp", "192.168.7.10", "--dry-run"], ["list", "-o", "json"],
            ]
            for command in reading {
                let result = try gateway.cli(command)
                #expect(result.succeeded)
                #expect(!(result.output + result.errors).contains("\u{1b}"), "\(command)")
            }
            // `script` gives the program a terminal.
            let shown = try Command.run(
                ["script", "-qec", "\(GatewayProcess.binary) list", "/dev/null"],
                environment: ["PORTCULLIS_SOCKET": gateway.socket])
            #expect(shown.output.contains("\u{1b}["))
        }
    }

    @Test func `an empty table says how to begin`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            #expect(try gateway.done("list").contains("portcullis add 8443/tcp 192.168.7.10:443"))
            #expect(try gateway.done("flows") == "no flows\n")
            #expect(try keyPaths(of: gateway.listed()) == ["revision"])
            #expect(try gateway.done("status").contains("0 of 0 in force, table revision 0"))
        }
    }
}

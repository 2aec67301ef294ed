import Foundation
import TestKit
import Testing

@Suite struct `plan, apply and export` {
    /// One forward of every form that there is.
    private static let variety: [[String]] = [
        ["8443/tcp", "192.168.7.10:443", "--name", "nas", "--allow", "203.0.113.0/24"],
        ["27015-27030/tcp+udp", "192.168.7.10:37015-37030", "--on", "wan0"],
        ["554/tcp", "192.168.9.30", "--at", "203.0.113.5", "--source", "rewritten"],
        ["443/tcp", "[2001:db8:7::10]:443"], ["444/tcp", "[2001:db8:7::10]:443", "--nat6"],
        ["500/udp", "[02:00:00:00:00:01]:500", "--hairpin", "off"],
        ["600/sctp", "192.168.7.20", "--disabled"],
        [
            "601/tcp", "192.168.7.20", "--for", "7d", "--deny", "2001:db8::/32", "--deny",
            "10.0.0.1",
        ],
        ["602/tcp", "192.168.7.20", "--comment", "it's \"für\" \\ die Kinder 🎮 # no"],
    ]

    private static func populated(_ lab: Lab) async throws -> GatewayProcess {
        let gateway = try await GatewayProcess(on: lab.gateway)
        for arguments in variety {
            let added = try gateway.cli(["add"] + arguments)
            try #require(added.succeeded, "\(added.errors)")
        }
        return gateway
    }

    @Test func `what export writes, apply reads, and nothing changes`() async throws {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            let file = try gateway.file("all.toml", gateway.done("export"))
            for command in [["plan"], ["apply"], ["apply", "--prune"]] {
                #expect(
                    try gateway.cli(command + [file]).output.hasPrefix("nothing to change\n"),
                    "\(command)")
            }
            #expect(try gateway.listed() == before)
        }
    }

    @Test func `an exported table makes the same table elsewhere`() async throws {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let (text, json) = (
                try gateway.done("export"), try gateway.done("export", "-o", "json")
            )
            let file = try gateway.file("all.toml", text)
            for forward in try gateway.json(["list"], as: Listed.self).forwards {
                try gateway.done("remove", forward.name)
            }
            #expect(try gateway.json(["list"], as: Listed.self).forwards.isEmpty)
            try gateway.done("apply", file)
            // The first line counts revisions.
            let again = try gateway.done("export").split(separator: "\n").dropFirst()
            #expect(again == text.split(separator: "\n").dropFirst())
            #expect(try gateway.done("export", "-o", "json") == json)
        }
    }

    private static func forward(_ name: String, _ external: String, _ more: String = "") -> String {
        "[[forward]]\nname = \"\(name)\"\nexternal = \"\(external)\"\nto = \"192.168.7.10\"\n\(more)\n"
    }

    @Test func `plan shows what apply does: lines that come, go and change`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            for (name, port) in [("gone", "1/tcp"), ("other", "2/tcp"), ("same", "3/tcp")] {
                try gateway.done("add", port, "192.168.7.10", "--name", name)
            }
            let before = try gateway.listed()
            let file = try gateway.file(
                "new.toml",
                Self.forward("other", "22/tcp") + Self.forward("same", "3/tcp")
                    + Self.forward("new", "1/tcp", "allow = [\"10.0.0.0/8\"]"))
            let plan = try gateway.done("plan", file, "--prune")
            let lines = Set(plan.split(separator: "\n").map(String.init))
            #expect(lines.contains("- gone  1/tcp → 192.168.7.10:1, open to anywhere"))
            #expect(lines.contains("+ new  1/tcp → 192.168.7.10:1, open to 10.0.0.0/8"))
            #expect(
                lines.contains { $0.hasPrefix("~ other  2/tcp → ") && $0.contains("  →  22/tcp") })
            #expect(lines.contains("nothing was changed"))
            #expect(lines.count == 4)
            #expect(try gateway.listed() == before)
            // Without --prune the port of the one that stays is taken.
            #expect(
                try gateway.cli("plan", file).errors.contains("overlaps with the forward \"gone\""))
            let applied = try gateway.done("apply", file, "--prune")
            #expect(
                Set(applied.split(separator: "\n").map(String.init))
                    == lines.subtracting(["nothing was changed"]))
            let after = try gateway.json(["list"], as: Listed.self)
            #expect(after.forwards.map(\.name) == ["new", "other", "same"])
            #expect(after.revision == 4)
        }
    }

    @Test func `apply --prune with an empty file removes everything, apply alone nothing`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            let file = try gateway.file("empty.toml", "# nothing\n")
            try gateway.done("apply", file)
            #expect(try gateway.listed() == before)
            try gateway.done("apply", file, "--prune")
            #expect(try gateway.json(["list"], as: Listed.self).forwards.isEmpty)
        }
    }

    @Test func `a file with one bad forward changes nothing, and every fault in it is said`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let file = try gateway.file(
                "bad.toml",
                Self.forward("good", "1/tcp") + Self.forward("zero", "0/tcp")
                    + Self.forward("icmp", "2/icmp") + "[[forward]]\nname = \"bare\"\n")
            let refused = try gateway.cli("apply", file)
            #expect(refused.code == 1)
            let lines = refused.errors.split(separator: "\n")
            #expect(lines.count == 3)
            for name in [
                "zero: external \"0/tcp\"", "icmp: external \"2/icmp\"",
                "bare: external is missing",
            ] {
                #expect(lines.contains { $0.hasPrefix("portcullis: \(name)") }, "\(lines)")
            }
            #expect(try gateway.json(["list"], as: Listed.self).forwards.isEmpty)
            #expect(try gateway.json(["status"], as: Status.self).revision == 0)
        }
    }

    @Test func `two forwards swap names and ports in one step`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let first = try gateway.file(
                "a.toml", Self.forward("a", "1/tcp") + Self.forward("b", "2/tcp"))
            let second = try gateway.file(
                "b.toml", Self.forward("a", "2/tcp") + Self.forward("b", "1/tcp"))
            try gateway.done("apply", first)
            try gateway.done("apply", second)
            #expect(
                try gateway.json(["list"], as: Listed.self).forwards.map(\.external) == [
                    "2/tcp", "1/tcp",
                ])
            #expect(try gateway.json(["list"], as: Listed.self).revision == 2)
        }
    }

    @Test func `the example of the manual is taken by a daemon as it stands`() async throws {
        try await Lab.with { lab in
            let example = projectFolder.appending(path: "docs/examples/portcullis.toml")
            let text = String(decoding: try Data(contentsOf: example), as: UTF8.self)
            let gateway = try await GatewayProcess(on: lab.gateway, options: [], config: text)
            let count = text.split(separator: "\n").count { $0 == "[[forward]]" }
            #expect(count > 3)
            #expect(
                try await eventually {
                    try gateway.json(["list"], as: Listed.self).forwards.count == count
                }, "\(gateway.log)")
            // A file that is read again changes nothing about what it made.
            let before = try gateway.listed()
            gateway.signal(SIGHUP)
            #expect(await eventually { gateway.log.contains("configuration read again") })
            #expect(try gateway.listed() == before)
        }
    }
}

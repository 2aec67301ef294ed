import Foundation
import TestKit
import Testing

@Suite struct `Services by name` {
    /// What `/etc/services` says in one lab host: `ip netns exec` shows the files of this folder under
    /// /etc.
    private static func withServices<Result>(
        _ lines: String, on host: TestKit.Host, _ body: () throws -> Result
    ) throws -> Result {
        let folder = URL(filePath: "/etc/netns/\(host.namespace)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(lines.utf8).write(to: folder.appending(path: "services"))
        return try body()
    }

    private static func terms(_ gateway: GatewayProcess) throws -> [String] {
        try gateway.json(["list"], as: Listed.self).forwards.map {
            "\($0.name) \($0.external) \($0.to)"
        }
    }

    @Test func `a service of the catalogue has its ports and its name`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "minecraft", "192.168.7.10")
            #expect(try Self.terms(gateway) == ["minecraft 25565/tcp 192.168.7.10:25565"])
            try gateway.done("add", "Minecraft-Bedrock", "192.168.7.10")
            try gateway.done("add", "valheim", "192.168.7.20", "--name", "vikings")
            #expect(
                try Self.terms(gateway) == [
                    "minecraft 25565/tcp 192.168.7.10:25565",
                    "minecraft-bedrock 19132/udp 192.168.7.10:19132",
                    "minecraft-bedrock-2 19133/udp 192.168.7.10:19133",
                    "vikings 2456-2457/udp 192.168.7.20:2456-2457",
                ])
        }
    }

    @Test func `a service that only the system's table knows is found there`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let table = """
                # A comment: homelab 1/tcp
                homelab-web\t45678/tcp\thomelab\t# ours
                homelab-web 45678/udp
                homelab-sctp 45679/sctp
                minecraft 1/tcp
                broken
                """
            let answers = try Self.withServices(table, on: lab.gateway) {
                try ["homelab-web", "homelab-sctp", "minecraft", "homelab", "ours"].map { service in
                    try lab.gateway.command(
                        [
                            GatewayProcess.binary, "add", service, "192.168.7.10", "--name",
                            "by-\(service)", "--dry-run",
                        ], environment: ["PORTCULLIS_SOCKET": gateway.socket])
                }
            }
            #expect(answers.map(\.code) == [0, 0, 0, 0, 1])
            let said = ["45678/tcp+udp → ", "45679/sctp → ", "25565/tcp → ", "45678/tcp → "]
            for (answer, words) in zip(answers, said) { #expect(answer.output.contains(words)) }
            #expect(answers[4].errors.contains("external \"ours\" is neither"))
        }
    }

    @Test func `a risky service is added with a warning that says what is better`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let added = try gateway.cli("add", "ssh", "192.168.7.10")
            #expect(added.succeeded)
            #expect(added.errors.hasPrefix("warning: ssh: SSH "))
            #expect(added.errors.contains("; better: "))
            let listed = try gateway.cli(
                "set", "ssh", "--allow", "198.51.100.0/24")
            #expect(listed.succeeded)
            #expect(listed.errors.isEmpty)
        }
    }
}

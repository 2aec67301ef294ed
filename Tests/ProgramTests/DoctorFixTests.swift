import Addressing
import TestKit
import Testing

/// What the doctor may do, and when.
@Suite struct `doctor --fix` {
    private static let id = "routing-off:IPv4"

    private func withoutRouting(_ body: (GatewayProcess, Lab) async throws -> Void) async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try lab.gateway.shell("sysctl -qw net.ipv4.ip_forward=0")
            try await body(gateway, lab)
            withExtendedLifetime(server) {}
        }
    }

    private func routes(_ lab: Lab) throws -> Bool {
        try lab.gateway.shell("sysctl -n net.ipv4.ip_forward") == "1\n"
    }

    @Test func `a kernel that does not route is named, and routes again`() async throws {
        try await withoutRouting { gateway, lab in
            #expect(try gateway.examined().wrong == [Self.id])
            let fixed = try gateway.cli("doctor", "--fix", "--yes")
            #expect(fixed.code == 0)
            #expect(fixed.errors.contains("done: net.ipv4.ip_forward=1"))
            #expect(fixed.errors.contains("/etc/sysctl.d/90-portcullis.conf"))
            #expect(try routes(lab))
            #expect(try await reachesNAS(lab))
            #expect(try gateway.done("log").contains("net/ipv4/ip_forward was 0, is now 1"))
        }
    }

    @Test func `without a person and without --yes nothing is done`() async throws {
        try await withoutRouting { gateway, lab in
            let said = try gateway.cli("doctor", "--fix")
            #expect(said.code == 1)
            #expect(said.errors.contains("would do: net.ipv4.ip_forward=1"))
            #expect(said.errors.contains("--yes") && said.errors.contains("nothing was changed"))
            #expect(try !routes(lab))
            #expect(try gateway.cli("doctor", "--yes").code == 2)
        }
    }

    @Test func `what is not there or not safe is refused, and nothing is done`() async throws {
        try await withoutRouting { gateway, lab in
            try lab.gateway.shell("sysctl -qw net.bridge.bridge-nf-call-iptables=1")
            func fix(_ ids: [String]) throws -> APIAnswer {
                let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
                return try gateway.ask("POST", "/v1/doctor/fix", json: "{\"findings\": [\(list)]}")
            }
            let unknown = try fix([Self.id, "routing-off:IPX"])
            #expect(unknown.status == 404)
            #expect(unknown.problem?.errors.first?.value == "routing-off:IPX")
            let unsafe = try fix([Self.id, "bridge-netfilter"])
            #expect(unsafe.status == 422)
            #expect(unsafe.problem?.detail.contains("by hand: sysctl -w net.bridge") == true)
            #expect(try !routes(lab))
            #expect(
                try gateway.ask("POST", "/v1/doctor/fix", json: "{\"all\": true}").status == 422)
            #expect(try fix([Self.id]).status == 200)
            #expect(try routes(lab))
        }
    }

    @Test func `text has what, why and remedy, and the counts at the end`() async throws {
        try await withoutRouting { gateway, _ in
            let said = try gateway.cli("doctor")
            #expect(said.code == 1)
            let lines = said.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "PROBLEMS")
            #expect(lines[1].hasPrefix("  the kernel does not route IPv4"))
            #expect(lines[2].hasPrefix("      why     "))
            #expect(lines[3].hasPrefix("      remedy  sysctl -w net.ipv4.ip_forward=1"))
            #expect(lines.last?.hasPrefix("1 problem, 0 warnings, ") == true)
        }
    }

    @Test func `a STUN server that is none is refused at the start`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let file = try gateway.file("stun.toml", "[network]\nstun = \"not a server\"\n")
            let said = try lab.gateway.command(
                [GatewayProcess.binary, "run", "--config", file, "--socket", gateway.socket + "2"])
            #expect(said.code == 1)
            #expect(said.errors.contains("network.stun = not a server"))
            #expect(said.errors.contains("stun.example.net:3478"))
        }
    }
}

import Addressing
import Foundation
import TestKit
import Testing

/// What `show -o json` says of the relay.
private struct Terms: Decodable {
    var source: String
    var engine: String
    var engine_reason: String?
    var relay: Relay?

    struct Relay: Decodable {
        var engine: String?
        var proxy: String?
        var proxy_udp: String?
        var trusted_proxies: [String]?
        var also: [String]?
        var balance: String?
        var check: String?
        var names: [String]?
        var other_names: String?
        var cross_families: Bool?
        var bandwidth_per_flow: String?
        var timeout_connect: String?
        var timeout_idle: String?
        var timeout_half_open: String?
        var timeout_udp_first: String?
        var timeout_udp: String?
    }
}

@Suite struct `Terms of a relay by the command line` {
    /// Each option, what it makes of the forward, and how it is taken back.
    private static let options: [([String], @Sendable (Terms) -> Bool, [String])] = [
        (["--engine", "relay"], { $0.relay?.engine == "relay" }, ["--engine", "auto"]),
        (["--proxy", "v2"], { $0.relay?.proxy == "v2" }, ["--proxy", "none"]),
        (
            ["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "2001:db8::/32"],
            { $0.relay?.trusted_proxies == ["10.0.0.0/8", "2001:db8::/32"] },
            ["--trusted-proxy", "none"]
        ),
        (
            ["--also", "192.168.7.20", "--also", "unix:/run/app.sock"],
            { $0.relay?.also == ["192.168.7.20:8443", "unix:/run/app.sock"] }, ["--also", "none"]
        ),
        (
            ["--balance", "source-hash", "--engine", "relay"],
            { $0.relay?.balance == "source-hash" },
            ["--balance", "round-robin", "--engine", "auto"]
        ),
        (["--check", "5s rise 1"], { $0.relay?.check == "5s rise 1" }, ["--check", "none"]),
        (
            ["--tls-name", "*.example.com=192.168.7.20:443", "--other-names", "refuse"],
            {
                $0.relay?.names == ["*.example.com=192.168.7.20:443"]
                    && $0.relay?.other_names == "refuse"
            }, ["--tls-name", "none", "--other-names", "target"]
        ),
        (["--source", "transparent"], { $0.source == "transparent" }, ["--source", "kept"]),
        (["--cross-families"], { $0.relay?.cross_families == true }, ["--no-cross-families"]),
        (
            ["--bandwidth-per-flow", "10Mbit"], { $0.relay?.bandwidth_per_flow == "10Mbit" },
            ["--bandwidth-per-flow", "none"]
        ),
        (
            [
                "--timeout-connect", "5s", "--timeout-idle", "2d", "--timeout-half-open", "90s",
                "--timeout-udp-first", "10s", "--timeout-udp", "1h30m",
            ],
            {
                $0.relay?.timeout_connect == "5s" && $0.relay?.timeout_idle == "2d"
                    && $0.relay?.timeout_half_open == "1m30s"
                    && $0.relay?.timeout_udp_first == "10s" && $0.relay?.timeout_udp == "1h30m"
            },
            [
                "--timeout-connect", "standard", "--timeout-idle", "standard",
                "--timeout-half-open", "standard", "--timeout-udp-first", "standard",
                "--timeout-udp", "standard",
            ]
        ),
    ]

    @Test func `every option can be set and taken back, and says which engine it takes`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10", "--name", "nas")
            func terms() throws -> Terms { try gateway.json(["show", "nas"], as: Terms.self) }
            #expect(try terms().engine == "kernel" && terms().engine_reason == nil)
            #expect(!(try gateway.done("list").contains("ENGINE")))
            for (option, holds, back) in Self.options {
                let set = try gateway.cli(["set", "nas"] + option)
                #expect(set.output.hasPrefix("~ nas  "), "\(option): \(set.errors)")
                #expect(holds(try terms()), "\(option)")
                #expect(try terms().engine == "relay" && terms().engine_reason != nil, "\(option)")
                #expect(try gateway.done("list").contains("ENGINE"))
                // A file says the same.
                let file = try gateway.file("terms.toml", try gateway.done("export"))
                #expect(try gateway.done("plan", file).contains("nothing to change"), "\(option)")
                let taken = try gateway.cli(["set", "nas"] + back)
                #expect(taken.output.hasPrefix("~ nas  "), "\(back): \(taken.errors)")
                #expect(try terms().relay == nil && terms().engine == "kernel", "\(back)")
            }
        }
    }

    @Test func `show says why it is the relay, and what the target sees`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "127.0.0.1:3000", "--name", "app", "--proxy", "v1")
            let shown = try gateway.done("show", "app")
            #expect(shown.contains("relay (a target listens on loopback"))
            #expect(shown.contains("the target sees the gateway, and is told of the client"))
            #expect(shown.contains("PROXY v1"))
            gateway.kill()
            try await gateway.start()
            #expect(try gateway.done("export").contains("proxy = \"v1\""))
            let wide = try gateway.cli("set", "app", "--trusted-proxy", "0.0.0.0/0")
            #expect(wide.errors.contains("anyone may claim to be any client"))
        }
    }

    @Test func `datagrams need their own dialect`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp+udp", "192.168.7.10", "--name", "nas", "--proxy", "v2",
                "--proxy-udp", "spp")
            let terms = try gateway.json(["show", "nas"], as: Terms.self)
            #expect(terms.relay?.proxy_udp == "spp")
            let moved = try gateway.cli("set", "nas", "--proxy-udp", "none")
            #expect(moved.code == 1 && moved.errors.contains("--proxy-udp"))
        }
    }
}

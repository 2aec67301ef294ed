import Addressing
import Foundation
import TestKit
import Testing

/// The terms of a forward as `show -o json` says them.
private struct Terms: Decodable {
    var id: Int
    var name: String
    var external: String
    var on: String?
    var at: String?
    var to: String
    var open_to: [String]
    var deny: [String]
    var hairpin: Bool
    var source: String
    var nat6: Bool
    var ends: String?
    var schedule: String?
    var when_closed: String
    var limits: Limits
    var enabled: Bool
    var comment: String
    var state: String
    var origin: String
    var creator: String

    struct Limits: Decodable {
        var max_connections: String?
        var max_connections_per_source: String?
        var max_rate: String?
        var max_rate_per_source: String?
        var monthly: String?
        var bandwidth: String?
    }
}

@Suite struct `set, enable and disable` {
    /// Each option on its own, one after the other, and what is different then.
    private static let options: [([String], @Sendable (Terms) -> Bool)] = [
        (["--to", "192.168.7.20:80"], { $0.to == "192.168.7.20:80" }),
        (["--external", "9443/tcp+udp"], { $0.external == "9443/tcp+udp" }),
        (["--on", "wan0"], { $0.on == "wan0" && $0.at == nil }),
        (["--at", "203.0.113.5"], { $0.on == nil && $0.at == "203.0.113.5" }),
        (["--every-wan"], { $0.on == nil && $0.at == nil }),
        (
            ["--schedule", "sat,sun 10:00-02:00 Europe/Berlin"],
            { $0.schedule == "sat,sun 10:00-02:00 Europe/Berlin" }
        ),
        (["--when-closed", "keep"], { $0.when_closed == "keep" }),
        (["--schedule", "always"], { $0.schedule == nil }),
        (["--max-connections", "100"], { $0.limits.max_connections == "100" }),
        (
            ["--max-connections-per-source", "5"],
            { $0.limits.max_connections_per_source == "5" }
        ),
        (["--max-rate", "20/s"], { $0.limits.max_rate == "20/s" }),
        (["--max-rate-per-source", "6/m"], { $0.limits.max_rate_per_source == "6/min" }),
        (["--monthly", "1.5TB"], { $0.limits.monthly == "1.5TB" }),
        (["--bandwidth", "10Mbit/s"], { $0.limits.bandwidth == "10Mbit" }),
        (
            ["--max-connections", "none"],
            { $0.limits.max_connections == nil && $0.limits.max_rate == "20/s" }
        ),
        (
            ["--allow", "198.51.100.7", "--allow", "10.0.0.0/8"],
            { $0.open_to == ["10.0.0.0/8", "198.51.100.7"] }
        ),
        (["--anywhere"], { $0.open_to == ["anywhere"] }),
        (["--deny", "198.51.100.66"], { $0.deny == ["198.51.100.66"] }),
        (["--deny-none"], { $0.deny.isEmpty }), (["--hairpin", "off"], { !$0.hairpin }),
        (["--hairpin", "on"], { $0.hairpin }),
        (["--source", "rewritten"], { $0.source == "rewritten" }),
        (["--source", "kept"], { $0.source == "kept" }),
        (["--until", "2036-12-24T18:00:00+01:00"], { $0.ends == "2036-12-24T17:00:00Z" }),
        (["--forever"], { $0.ends == nil }), (["--for", "2h"], { $0.ends != nil }),
        (["--comment", "für die Kinder"], { $0.comment == "für die Kinder" }),
        (["--comment", ""], { $0.comment.isEmpty }),
        (["--to", "[2001:db8:7::10]:9443", "--nat6"], { $0.nat6 }), (["--no-nat6"], { !$0.nat6 }),
    ]

    @Test func `every option of set changes its own thing and nothing else`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            func terms() throws -> Terms { try gateway.json(["show", "nas"], as: Terms.self) }
            let first = try terms()
            for (place, (option, holds)) in Self.options.enumerated() {
                let dry = try gateway.cli(["set", "nas", "--dry-run"] + option)
                #expect(dry.output.hasPrefix("~ nas  "), "\(option): \(dry.errors)")
                #expect(dry.output.hasSuffix("nothing was changed\n"), "\(option)")
                #expect(try gateway.json(["list"], as: Listed.self).revision == place + 1)
                let set = try gateway.cli(["set", "nas"] + option)
                #expect(set.output.hasPrefix("~ nas  "), "\(option): \(set.errors)")
                #expect(holds(try terms()), "\(option)")
                #expect(try gateway.json(["list"], as: Listed.self).revision == place + 2)
            }
            let last = try terms()
            #expect(last.id == first.id)
            #expect(last.creator == first.creator && last.origin == "operator")
        }
    }

    @Test func `what is so already makes no revision`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let again = ["set", "nas", "--to", "192.168.7.10:443"]
            for command in [again, ["set", "nas", "--anywhere"], ["enable", "nas"]] {
                #expect(try gateway.cli(command).output == "nothing to change\n")
            }
            #expect(try gateway.json(["list"], as: Listed.self).revision == 1)
        }
    }

    @Test func `a forward goes on under another name, with its number and counters`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let outside = Sample.endpoint("203.0.113.5", 8443)
            #expect(try await asks(outside, from: lab.internet) == "nas")
            let before = try gateway.json(["show", "nas"], as: Shown.self)
            try gateway.done("set", "nas", "--rename", "store.2")
            #expect(try gateway.cli("show", "nas").code == 1)
            let after = try gateway.json(["show", "store.2"], as: Shown.self)
            #expect(after.id == before.id)
            #expect(after.traffic.flows == before.traffic.flows && after.traffic.flows == 1)
            #expect(try await asks(outside, from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a forward that is off carries nothing, keeps its place, and comes back`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--disabled")
            let outside = Sample.endpoint("203.0.113.5", 8443)
            #expect(try gateway.json(["show", "nas"], as: Shown.self).state == "disabled")
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            #expect(try gateway.done("enable", "nas").hasPrefix("~ nas  "))
            #expect(try await asks(outside, from: lab.internet) == "nas")
            try gateway.done("disable", "nas")
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            #expect(try gateway.json(["status"], as: Status.self).in_force == 0)
            #expect(try gateway.json(["status"], as: Status.self).forwards == 1)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a dry run says what would be, and changes nothing`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let (before, log) = (try gateway.listed(), try gateway.done("log"))
            let trials: [([String], String)] = [
                (["add", "9443/tcp", "192.168.7.10", "--name", "new"], "+ new  9443/tcp → "),
                (["set", "nas", "--to", "192.168.7.20:1"], "~ nas  8443/tcp → "),
                (["remove", "nas"], "- nas  8443/tcp → "),
            ]
            for (arguments, line) in trials {
                let said = try gateway.cli(arguments + ["--dry-run"])
                #expect(said.succeeded)
                #expect(said.output.hasPrefix(line))
                #expect(said.output.hasSuffix("\nnothing was changed\n"))
            }
            // What would be refused is refused, and leaves no trace in the record either.
            let refused = try gateway.cli("add", "8443/tcp", "192.168.7.20", "--dry-run")
            #expect(refused.code == 1 && refused.errors.contains("overlaps"))
            #expect(try gateway.listed() == before)
            #expect(try gateway.done("log") == log)
        }
    }
}

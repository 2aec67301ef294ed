import Addressing
import Foundation
import TestKit
import Testing

/// Drops of the old iptables module: named by trace and doctor, and cured by what both print.
@Suite struct `Pains: iptables-legacy` {
    private func load(_ rules: String, on lab: Lab) throws {
        let result = try lab.gateway.command(
            ["iptables-legacy-restore", "-w", "60", "--noflush"], input: rules)
        try #require(result.succeeded, "\(result.errors)")
    }

    /// What is foreseen and what the kernel shows.
    private func traced(_ gateway: GatewayProcess, arrives: Bool) throws -> [Traced] {
        try [[], ["--live"]].map { options in
            let result = try gateway.cli(["trace", "203.0.113.9", "nas", "-o", "json"] + options)
            #expect(result.code == (arrives ? 0 : 1), "\(result.output)")
            let traced = try JSONDecoder().decode(Traced.self, from: Data(result.output.utf8))
            let rows = traced.live?.packet ?? []
            #expect(rows.allSatisfy { $0.agrees != false }, "\(rows)")
            return traced
        }
    }

    @Test func `P2: Docker's FORWARD drop in the old module is named, and the command cures it`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let rules = "*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n"
            try load(rules + "-A FORWARD -j DOCKER-USER\nCOMMIT\n", on: lab)
            #expect(try await !reachesNAS(lab))
            for traced in try traced(gateway, arrives: false) {
                let words = "ip filter (legacy) FORWARD drops it (policy drop)"
                #expect(traced.sentence.contains(words), "\(traced.sentence)")
                #expect(
                    traced.commands.first == "iptables-legacy -I DOCKER-USER -d 192.168.7.10"
                        + " -p tcp --dport 443 -j ACCEPT")
            }
            let seen = try gateway.examined()
            let drop = try #require(seen["foreign-drop:ip filter (legacy) FORWARD"])
            #expect(drop.what.contains("Docker drops nas") && drop.what.contains("policy drop"))
            #expect(!seen.findings.contains { $0.code == "legacy-tables" })
            try lab.gateway.shell(drop.remedy.waiting)
            #expect(try await reachesNAS(lab))
            _ = try traced(gateway, arrives: true)
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test
    func `P3: a rule of the old module that drops answers is named, and the command cures it`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try load("*filter\n-A FORWARD -s 192.168.7.0/24 -j DROP\nCOMMIT\n", on: lab)
            #expect(try await !reachesNAS(lab))
            let traces = try traced(gateway, arrives: false)
            for traced in traces {
                #expect(traced.sentence.contains("ip filter (legacy) FORWARD drops the answer"))
            }
            let drop = try #require(
                try gateway.examined().findings.first { $0.code == "foreign-drop-of-answers" })
            #expect(drop.subject == "ip filter (legacy) FORWARD rule 1")
            let commands = try #require(traces.last?.commands)
            try lab.gateway.shell(commands.joined(separator: "\n").waiting)
            #expect(try await reachesNAS(lab))
            _ = try traced(gateway, arrives: true)
            withExtendedLifetime(server) {}
        }
    }
}

extension String {
    /// The tools of all labs have one lock.
    fileprivate var waiting: String {
        replacingOccurrences(of: "iptables-legacy -I", with: "iptables-legacy -w 60 -I")
    }
}

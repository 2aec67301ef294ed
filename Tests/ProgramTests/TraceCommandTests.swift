import Addressing
import Foundation
import TestKit
import Testing

/// `portcullis trace` against what really happens in the lab.
@Suite struct `Trace` {
    private let external = Sample.endpoint("203.0.113.5", 8443)

    /// A gateway with one forward to a target that answers.
    private func withNAS(
        _ options: [String] = [], _ body: (Lab, GatewayProcess) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.cli(["add", "8443/tcp", "192.168.7.10:443", "--name", "nas"] + options)
            try await body(lab, gateway)
            withExtendedLifetime(server) {}
        }
    }

    private func trace(_ gateway: GatewayProcess, _ arguments: String...) throws -> Traced {
        let result = try gateway.cli(["trace"] + arguments + ["-o", "json"])
        let traced = try JSONDecoder().decode(Traced.self, from: Data(result.output.utf8))
        #expect(result.code == (traced.outcome == "arrives" ? 0 : 1), "\(traced.sentence)")
        return traced
    }

    /// What is foreseen, what the kernel shows and what a client meets are one.
    private func agree(
        _ lab: Lab, _ gateway: GatewayProcess, arrives: Bool
    ) async throws -> Traced {
        let foreseen = try trace(gateway, "203.0.113.9", "nas")
        #expect(foreseen.outcome == (arrives ? "arrives" : "stops"), "\(foreseen.sentence)")
        let live = try trace(gateway, "203.0.113.9", "nas", "--live")
        #expect(live.outcome == foreseen.outcome, "\(live.sentence)")
        let rows = try #require(live.live?.packet)
        #expect(!rows.isEmpty && rows.allSatisfy { $0.agrees != false }, "\(rows)")
        let answer = try await asks(external, from: lab.internet)
        #expect((answer == "nas") == arrives)
        return live
    }

    @Test func `what arrives is said to arrive, and the kernel agrees`() async throws {
        try await withNAS { lab, gateway in
            let live = try await agree(lab, gateway, arrives: true)
            #expect(live.live?.answer.isEmpty == false)
            let result = try gateway.cli("trace", "203.0.113.9", ":8443/tcp")
            #expect(result.code == 0)
            #expect(
                result.output.hasSuffix(
                    "\nit would arrive: nas carries it to 192.168.7.10:443, which answers\n"))
            #expect(!result.output.contains("\u{1b}"))
        }
    }

    @Test func `nothing is left behind: no table, no interface, no flow, no open connection`()
        async throws
    {
        try await withNAS { lab, gateway in
            let before = try Self.remains(lab)
            let revision = try gateway.json(["status"], as: Status.self)
            for from in ["198.51.100.7", "203.0.113.9"] {
                _ = try trace(gateway, from, "nas", "--live")
            }
            _ = try trace(gateway, "192.168.7.20", "nas", "--from-lan", "--live")
            _ = try trace(gateway, "198.51.100.7", ":9/udp", "--live")
            #expect(try Self.remains(lab) == before)
            #expect(try gateway.json(["flows"], as: FlowsShown.self).flows.isEmpty)
            let halfOpen = try lab.lan1.shell("ss -Htn state syn-recv")
            #expect(halfOpen.isEmpty, "\(halfOpen)")
            #expect(try gateway.json(["status"], as: Status.self).revision == revision.revision)
        }
    }

    private static func remains(_ lab: Lab) throws -> String {
        try lab.gateway.shell(
            "nft list tables; ip -o link | cut -d: -f2; tc qdisc show | grep -c ingress || true")
    }

    /// P2 and P3 of the pains: Docker's policy, and an accept in our table that does not beat it.
    @Test func `Docker's DROP policy is named, with the command that helps`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                iptables: """
                    *filter
                    :FORWARD DROP [0:0]
                    :DOCKER-USER - [0:0]
                    -A FORWARD -j DOCKER-USER
                    COMMIT

                    """)
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.sentence.contains("ip filter FORWARD drops it (policy drop)"))
            #expect(stopped.commands.first?.hasPrefix("iptables -I DOCKER-USER -d ") == true)
            try lab.gateway.shell(stopped.commands.joined(separator: "\n").asNFT)
            _ = try await agree(lab, gateway, arrives: true)
        }
    }

    @Test func `the answer too meets the rules of others`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                nft: """
                    table ip hand { chain f { type filter hook forward priority 0;
                    ip saddr 192.168.7.10 tcp sport 443 drop comment "no servers here"
                    }
                    }
                    """)
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.steps.last?.kind == "answer")
            #expect(stopped.sentence.contains("no servers here"))
            let drop = try #require(stopped.live?.answer.last)
            #expect(drop.kernel.hasPrefix("drops it"))
        }
    }

    @Test func `ufw is named, with its own command`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                iptables: """
                    *filter
                    :FORWARD DROP [0:0]
                    :ufw-before-forward - [0:0]
                    :ufw-user-forward - [0:0]
                    -A FORWARD -j ufw-before-forward
                    -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                    -A ufw-before-forward -j ufw-user-forward
                    COMMIT

                    """)
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(
                stopped.commands == ["ufw route allow proto tcp to 192.168.7.10 port 443"])
        }
    }

    @Test func `firewalld is named, with its own commands`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                nft: """
                    table inet firewalld { chain filter_FORWARD {
                    type filter hook forward priority 10; policy accept;
                    ct state { established, related } accept
                    reject with icmpx admin-prohibited
                    }
                    }
                    """)
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.sentence.contains("inet firewalld filter_FORWARD refuses it (reject"))
            #expect(stopped.commands.first?.hasPrefix("firewall-cmd --permanent") == true)
        }
    }

    @Test func `a hand-written rule is named with its comment, and its exception holds`()
        async throws
    {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                nft: """
                    table inet hand { chain f { type filter hook forward priority 0;
                    tcp dport 443 drop comment "no web"
                    }
                    }
                    """)
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.sentence.contains("tcp dport 443 drop comment \"no web\""))
            let rule = try #require(stopped.steps.last?.rule)
            #expect([rule.family, rule.table, rule.chain] == ["inet", "hand", "f"])
            try lab.gateway.shell(stopped.commands.joined(separator: "\n"))
            _ = try await agree(lab, gateway, arrives: true)
        }
    }

    @Test func `what hangs on a limit is open until the kernel is asked`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.load(
                nft: """
                    table inet hand { chain f { type filter hook forward priority 0;
                    limit rate over 100/second drop
                    }
                    }
                    """)
            #expect(try trace(gateway, "203.0.113.9", "nas").outcome == "unclear")
            #expect(try trace(gateway, "203.0.113.9", "nas", "--live").outcome == "arrives")
        }
    }

    @Test func `somebody who is not on the allow-list is told so`() async throws {
        try await withNAS(["--allow", "198.51.100.0/24"]) { lab, gateway in
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.steps.last?.kind == "access")
            try gateway.done(arguments: stopped.commands.first ?? "")
            _ = try await agree(lab, gateway, arrives: true)
        }
    }

    /// P10 of the pains.
    @Test func `a target with another default route is found, and a rewritten source helps`()
        async throws
    {
        try await withNAS { lab, gateway in
            try lab.lan1.shell("ip route replace default via 192.168.7.20")
            let stopped = try await agree(lab, gateway, arrives: false)
            #expect(stopped.commands == ["portcullis set nas --source rewritten"])
            try gateway.done(arguments: stopped.commands.first ?? "")
            _ = try await agree(lab, gateway, arrives: true)
        }
    }

    @Test func `a target that is off, and one without the service, are told apart`() async throws {
        try await withNAS { lab, gateway in
            try gateway.done("set", "nas", "--to", "192.168.7.10:444")
            let closed = try trace(gateway, "203.0.113.9", "nas", "--live")
            #expect(closed.sentence.contains("refused it"), "\(closed.sentence)")
            try gateway.done("set", "nas", "--to", "192.168.7.77:443")
            let off = try trace(gateway, "203.0.113.9", "nas")
            #expect(off.sentence.contains("nobody has the address 192.168.7.77"))
        }
    }

    @Test func `a strict rp_filter is told, and the kernel loses the packet there`() async throws {
        try await withNAS { lab, gateway in
            try lab.gateway.shell("sysctl -qw net.ipv4.conf.wan0.rp_filter=1")
            // Its way back leads over the LAN, so that nothing with it comes in by the WAN.
            let stopped = try trace(gateway, "192.168.9.77", "nas", "--live")
            #expect(stopped.steps.last?.kind == "route")
            #expect(stopped.sentence.contains("rp_filter drops it"))
            #expect(stopped.live?.packet.contains { $0.hook == "forward" } == false)
        }
    }
}

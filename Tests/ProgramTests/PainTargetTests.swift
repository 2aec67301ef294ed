import Addressing
import TestKit
import Testing

/// Pains of the field on the side of the targets.
@Suite struct `Pains: targets` {
    @Test func `where all is well nothing is wrong, and the exit code is 0`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let said = try gateway.cli("doctor")
            #expect(said.code == 0)
            #expect(said.output.contains("nothing is wrong: 0 problems, 0 warnings, "))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P5: hairpin that br_netfilter breaks is named, off and on`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            for (value, wrong) in [("0", []), ("1", ["bridge-netfilter"])]
                as [(String, Set<String>)]
            {
                try lab.gateway.shell("sysctl -qw net.bridge.bridge-nf-call-iptables=\(value)")
                #expect(try gateway.examined().wrong == wrong)
            }
            let found = try #require(try gateway.examined()["bridge-netfilter"])
            #expect(found.what.contains("br_netfilter") && found.why.contains("nas"))
            #expect(found.fix == nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P10: a target with another default route is named, and --fix cures it`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try lab.lan1.shell("ip route replace default via 192.168.7.20")
            #expect(try await !reachesNAS(lab))
            let seen = try gateway.examined()
            #expect(seen.wrong == ["answers-elsewhere:nas"])
            #expect(seen["answers-elsewhere:nas"]?.fix?.forward == "nas")
            let fixed = try gateway.cli("doctor", "--fix", "--yes")
            #expect(fixed.code == 0, "\(fixed.output)\(fixed.errors)")
            #expect(fixed.errors.contains("done: nas has source = rewritten"))
            #expect(try await reachesNAS(lab))
            #expect(try gateway.done("log", "nas").contains("changed"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P21: a program of the gateway that a forward hides is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            // It was started later than the forward, which would have been refused otherwise.
            let program = try await Echo("gateway", on: lab.gateway, .tcp, 8443)
            let seen = try gateway.examined()
            #expect(seen.wrong == ["listener-hidden:nas"])
            #expect(seen["listener-hidden:nas"]?.what.contains("8443/tcp") == true)
            withExtendedLifetime((server, program)) {}
        }
    }

    @Test func `P22: a target that is off, refuses or drops is told apart`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try gateway.done("remove", "nas")
            try gateway.done("add", "8001/tcp", "192.168.7.77:443", "--name", "off")
            try gateway.done("add", "8002/tcp", "192.168.7.10:444", "--name", "stopped")
            try gateway.done("add", "8003/tcp", "192.168.7.20:443", "--name", "walled")
            try gateway.done("add", "8004/udp", "192.168.7.78:443", "--name", "udp-off")
            try lab.lan2.shell(
                """
                nft 'add table inet wall
                add chain inet wall in { type filter hook input priority 0; }
                add rule inet wall in meta l4proto tcp drop'
                """)
            #expect(
                try gateway.examined().wrong == [
                    "target-absent:off", "target-refuses:stopped", "target-silent:walled",
                    "target-absent:udp-off",
                ])
            withExtendedLifetime(server) {}
        }
    }

    @Test(arguments: [
        ("192.168.7.10", "target-doubled:192.168.7.10", "2 devices"),
        ("192.168.7.1", "duplicate-address:192.168.7.1", "br0"),
    ])
    func `P22: an address that two devices have is named, a target's and our own`(
        address: String, id: String, word: String
    ) async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try lab.lan2.shell("ip address add \(address)/24 dev eth0")
            let seen = try gateway.examined()
            #expect(seen[id]?.what.contains(word) == true)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P23: a device that was never seen is named`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "631/tcp", "[02:00:00:00:00:77]:631", "--name", "printer")
            #expect(try gateway.examined().wrong == ["target-unknown:printer"])
        }
    }
}

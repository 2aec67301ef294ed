import Addressing
import TestKit
import Testing

/// Pains of the field in which another program's rules play a part: made for real, named by the
/// doctor, and cured by the very command that it prints.
@Suite struct `Pains: other firewalls` {
    /// The chains that Docker 28 leaves on a machine that runs one container, published at `port`.
    private static func docker(port: Int) -> String {
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-FORWARD - [0:0]
        :DOCKER-BRIDGE - [0:0]
        :DOCKER-CT - [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
        -A DOCKER ! -i docker0 -o docker0 -j DROP
        -A DOCKER-BRIDGE -o docker0 -j DOCKER
        -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A DOCKER-FORWARD -j DOCKER-CT
        -A DOCKER-FORWARD -j DOCKER-BRIDGE
        -A DOCKER-FORWARD -i docker0 -j ACCEPT
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        -A DOCKER ! -i docker0 -p tcp -m tcp --dport \(port) -j DNAT --to-destination 172.17.0.2:80
        COMMIT

        """
    }

    private func load(docker port: Int, on lab: Lab) throws {
        let result = try lab.gateway.command(
            ["iptables-nft-restore", "--noflush"], input: Self.docker(port: port))
        try #require(result.succeeded, "\(result.errors)")
    }

    @Test func `P1: ports that Docker publishes past every firewall are listed`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try load(docker: 8080, on: lab)
            try lab.gateway.shell("iptables-nft -P FORWARD ACCEPT")
            let seen = try gateway.examined()
            #expect(seen.wrong.isEmpty)
            let found = try #require(seen.findings.first { $0.code == "foreign-published" })
            #expect(found.what.contains("Docker") && found.what.contains("172.17.0.2:80"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P1: a port that Docker publishes, too, is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try load(docker: 8443, on: lab)
            try lab.gateway.shell("iptables-nft -P FORWARD ACCEPT")
            let seen = try gateway.examined()
            #expect(seen.wrong == ["foreign-port-taken:nas"])
            #expect(seen["foreign-port-taken:nas"]?.what.contains("172.17.0.2:80") == true)
            #expect(try await reachesNAS(lab))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P2: Docker's FORWARD drop is named, and the printed command cures it`() async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try load(docker: 8080, on: lab)
            #expect(try await !reachesNAS(lab))
            let seen = try gateway.examined()
            let drop = try #require(seen["foreign-drop:ip filter FORWARD"])
            #expect(drop.what.contains("Docker drops nas") && drop.what.contains("policy drop"))
            #expect(drop.remedy.hasPrefix("iptables -I DOCKER-USER "))
            try lab.gateway.shell(drop.remedy)
            #expect(try await reachesNAS(lab))
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P3: a drop in a table by hand is named, and the printed command cures it`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let rules = """
                table inet mine {
                    chain forward {
                        type filter hook forward priority 10; policy accept;
                        ct state established accept
                        iifname "wan0" counter drop
                    }
                }
                """
            #expect(try lab.gateway.command(["nft", "-f", "-"], input: rules).succeeded)
            #expect(try await !reachesNAS(lab))
            let seen = try gateway.examined()
            let drop = try #require(seen.findings.first { $0.code == "foreign-drop" })
            #expect(drop.subject?.hasPrefix("inet mine forward handle ") == true)
            #expect(drop.what.contains("iifname \"wan0\" counter drop"))
            try lab.gateway.shell(drop.remedy)
            #expect(try await reachesNAS(lab))
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P3: real ufw drops the forward, and the printed command cures it`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let ufw = try await OtherFirewall(.ufw, on: lab.gateway)
            try ufw.done("ufw --force enable")
            #expect(try await !reachesNAS(lab))
            let drop = try #require(
                try gateway.examined().findings.first { $0.code == "foreign-drop" })
            #expect(drop.what.contains("ufw drops nas"))
            #expect(drop.remedy.hasPrefix("ufw route "))
            try ufw.done(drop.remedy)
            #expect(try await reachesNAS(lab))
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P3: real firewalld lets translated flows by, and rejects a pinhole until told`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let firewalld = try await OtherFirewall(.firewalld, on: lab.gateway)
            #expect(try await reachesNAS(lab))
            #expect(try gateway.examined().wrong.isEmpty)
            try gateway.done("add", "443/tcp", "[2001:db8:7::10]", "--name", "web6")
            let inside = Sample.endpoint("2001:db8:7::10", 443)
            #expect(try await asks(inside, from: lab.internet, within: 700) == nil)
            let seen = try gateway.examined()
            let drop = try #require(
                seen.findings.first { $0.code == "foreign-drop" }, "\(seen.findings)")
            #expect(drop.what.contains("firewalld drops web6"))
            try firewalld.done(drop.remedy)
            #expect(try await asks(inside, from: lab.internet) == "nas")
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P3: another table that takes the port first is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let rules = """
                table ip early {
                    chain pre {
                        type nat hook prerouting priority -150;
                        tcp dport 8443 dnat to 192.168.7.20:22
                    }
                }
                """
            #expect(try lab.gateway.command(["nft", "-f", "-"], input: rules).succeeded)
            #expect(try await !reachesNAS(lab))
            let seen = try gateway.examined()
            #expect(seen.wrong == ["foreign-translation:nas"])
            #expect(seen["foreign-translation:nas"]?.what.contains("192.168.7.20:22") == true)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P4: a program that keeps flushing the table is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(
                lab, config: "[kernel]\nowner = \"off\"\n")
            for _ in 0..<4 {
                let before = try gateway.done("log", "-o", "json")
                try lab.gateway.shell("nft flush ruleset")
                _ = try await eventually { try gateway.done("log", "-o", "json") != before }
            }
            let isContested = try await eventually {
                try gateway.examined().wrong.contains("table-contested")
            }
            #expect(isContested)
            withExtendedLifetime(server) {}
        }
    }

    /// Never fails on what it does not understand.
    @Test func `objects of other tables that nobody here knows do no harm`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            let rules = """
                table netdev early {
                    chain in { type filter hook ingress device wan0 priority 0; }; }
                table bridge b { chain f { type filter hook forward priority 0; }; }
                table arp a { chain i { type filter hook input priority 0; }; }
                table inet odd {
                    ct timeout slow { protocol tcp; l3proto ip; policy = { established: 600 }; }
                    ct helper ftp { type "ftp" protocol tcp; }
                    quota much { over 100 mbytes; }
                    limit few { rate 5/second; }
                    set seen { type ipv4_addr; flags dynamic,timeout; timeout 1m; }
                    chain f {
                        type filter hook forward priority 3; policy accept;
                        update @seen { ip saddr limit rate 10/second }
                        tcp option maxseg size set rt mtu
                        numgen random mod 2 0 counter
                        jhash ip saddr mod 2 1 counter
                    }
                }
                """
            let loaded = try lab.gateway.command(["nft", "-f", "-"], input: rules)
            #expect(loaded.succeeded, "\(loaded.errors)")
            let seen = try gateway.examined()
            #expect(seen.wrong.isEmpty)
            #expect(seen["tables-not-followed"]?.what.contains("netdev early") == true)
            withExtendedLifetime(server) {}
        }
    }
}

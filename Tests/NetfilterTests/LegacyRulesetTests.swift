import Addressing
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// Rules in the old iptables module, with a forward of ours beside: what is predicted happens.
@Suite struct `Rules of iptables-legacy` {
    private let docker = """
        *filter
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-ISOLATION-STAGE-1 - [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-ISOLATION-STAGE-1
        -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -o docker0 -j DOCKER
        -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        -A DOCKER-ISOLATION-STAGE-1 -j RETURN
        -A DOCKER-USER -j RETURN
        COMMIT

        """

    @Test func `Docker's policy drops, and DOCKER-USER lets it by`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(legacy: docker)
            #expect(try await lab.told() == "ip filter (legacy) FORWARD: policy drop")
            try lab.gateway.load(
                legacy: """
                    *filter
                    -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                    -I DOCKER-USER -i wan0 -o br0 -m conntrack --ctstate DNAT -j ACCEPT
                    COMMIT

                    """)
            #expect(try await lab.told() == "passes")
            withExtendedLifetime(engine) {}
        }
    }

    /// Rules for FORWARD, and what is told of them; empty for what lets the packet by.
    private static let single: [(rules: String, told: String)] = [
        ("-i wan0 -p tcp -m tcp --dport 8443 -j DROP", #"iifname "wan0" tcp dport 8443 drop"#),
        ("-i wan+ -o br+ -j DROP", #"iifname "wan*" oifname "br*" drop"#),
        ("-i lan+ -j DROP", ""), ("! -i br+ -j REJECT", #"iifname != "br*" reject"#),
        ("! -o lan0 -j DROP", #"oifname != "lan0" drop"#),
        ("! -s 198.51.100.0/24 -j REJECT", "ip saddr != 198.51.100.0/24 reject"),
        ("-i wan0 ! -s 203.0.113.0/24 -j DROP", ""), ("-o br0 ! -d 192.168.7.10 -j DROP", ""),
        ("-p udp -j DROP", ""), ("! -p udp -j DROP", "meta l4proto != udp drop"),
        (
            "-p tcp -m multiport --dports 80,8000:8999 -j DROP",
            "meta l4proto tcp th dport { 80, 8000-8999 } drop"
        ),
        ("-m conntrack --ctstate NEW -j DROP", "ct state new drop"),
        ("-m state --state INVALID -j DROP", ""), ("-f -j DROP", ""),
        ("! -f -j DROP", "@1,48,16 & 0x1fff == 0x0 drop"), ("-s 203.0.113.9", ""),
        ("-j RETURN\n-A FORWARD -j DROP", ""),
    ]

    @Test func `single rules do what is told of them`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            for (rules, told) in Self.single {
                let text = "*filter\n-F FORWARD\n-A FORWARD \(rules)\nCOMMIT\n"
                try lab.gateway.load(legacy: text)
                let wanted = told.isEmpty ? "passes" : "ip filter (legacy) FORWARD: \(told)"
                #expect(try await lab.told() == wanted, "\(rules)")
            }
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `a return leads back, and a goto past what follows`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            func load(_ jump: String, _ friend: String) throws {
                try lab.gateway.load(
                    legacy: """
                        *filter
                        :guests - [0:0]
                        -F FORWARD
                        -A FORWARD -i wan0 \(jump) guests
                        -A FORWARD -o br0 -j DROP
                        -A guests -s \(friend) -j RETURN
                        -A guests -j REJECT
                        COMMIT

                        """)
            }
            let place = "ip filter (legacy)"
            try load("-j", "203.0.113.9")
            // The answer of a friend goes out by wan0, which nothing drops.
            #expect(try await lab.told() == "\(place) FORWARD: oifname \"br0\" drop")
            try load("-g", "203.0.113.9")
            #expect(try await lab.told() == "passes")
            try load("-g", "203.0.113.8")
            #expect(try await lab.told() == "\(place) guests: reject")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `each table stands at its own place`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            // Before the translation the packet has the address that was asked.
            let raw = "-A PREROUTING -d 203.0.113.5 -p tcp -m tcp --dport 8443 -j DROP"
            try lab.gateway.load(legacy: "*raw\n\(raw)\nCOMMIT\n")
            #expect(try await lab.told().hasPrefix("ip raw (legacy) PREROUTING: ip daddr 203.0"))
            try lab.gateway.load(
                legacy: """
                    *raw
                    -F PREROUTING
                    COMMIT
                    *mangle
                    -A PREROUTING -i wan0 -j MARK --set-mark 7
                    COMMIT
                    *filter
                    -A FORWARD -m mark --mark 7 -j DROP
                    COMMIT

                    """)
            #expect(
                try await lab.told() == "ip filter (legacy) FORWARD: meta mark 0x7 drop")
            try lab.gateway.load(legacy: "*mangle\n-F PREROUTING\nCOMMIT\n")
            #expect(try await lab.told() == "passes")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `a DNAT takes the ports that no forward has`() async throws {
        try await Lab.with { lab in
            try lab.gateway.load(
                legacy: """
                    *nat
                    -A PREROUTING -p tcp --dport 8443 -j DNAT --to-destination 192.168.7.20:80
                    COMMIT

                    """)
            var packet = TracedPacket.forwarded()
            (packet.translation, packet.connectionMark) = (nil, 0)
            let ruleset = try await lab.gateway.foreignRuleset()
            guard
                case .translated(let rule, let target) = ruleset.verdict(
                    of: packet, at: .prerouting)
            else {
                Issue.record("\(ruleset.told(packet))")
                return
            }
            #expect(rule.table == "nat (legacy)" && rule.handle == 1)
            #expect(target == .place(Sample.address("192.168.7.20"), 80))
            let other = try await Wire.listening(.tcp, on: lab.lan2, 80)
            let visit = try await other.visit(.tcp, from: lab.internet, to: packet.destination)
            #expect(visit?.isAnswered == true)
            // Ours comes before it.
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            #expect(try await lab.told() == "passes")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `IPv6 has tables of its own`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("pin", to: "2001:db8:7::10"), on: lab)
            let place = Sample.endpoint("2001:db8:7::10", 8443)
            var packet = TracedPacket(
                .tcp, from: Sample.address("2001:db8:ff::9"), port: 40000, to: place,
                in: Sample.interface("wan0"), out: Sample.interface("br0"))
            packet.connectionMark = MarkMask.standard.mark(of: Sample.id(1))
            try lab.gateway.load(legacy: "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n")
            #expect(try await lab.told(packet) == "passes")
            try lab.gateway.load(
                legacy: "*filter\n-A FORWARD ! -s 2001:db8:51::/48 -i wan+ -j DROP\nCOMMIT\n",
                v6: true)
            #expect(
                try await lab.told(packet) == "ip6 filter (legacy) FORWARD:"
                    + " ip6 saddr != 2001:db8:51::/48 iifname \"wan*\" drop")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `a table that changes all the time is read whole`() async throws {
        try await Lab.with { lab in
            let host = lab.gateway
            let rules = (0..<200).map { "-A FORWARD -s 10.0.0.\($0) -j DROP" }
            let full = "*filter\n-F\n\(rules.joined(separator: "\n"))\nCOMMIT\n"
            try host.load(legacy: full)
            let writer = Task {
                var count = 0
                while !Task.isCancelled {
                    try host.load(legacy: count % 2 == 0 ? "*filter\n-F\nCOMMIT\n" : full)
                    count += 1
                    // Two writers that never let go would keep a machine of two cores from all else.
                    await Task.yield()
                }
                return count
            }
            var seen: Set<Int> = []
            for read in 0..<400 where read < 60 || seen.count < 2 {
                let ruleset = try await host.foreignRuleset()
                seen.insert(
                    ruleset.rules[.init(.ip, "filter (legacy)", "FORWARD")]?.count ?? 0)
            }
            writer.cancel()
            #expect(try await writer.value > 0)
            #expect(seen == [0, 200])
        }
    }

    @Test func `only tables that are there are asked for, and asking makes none`() async throws {
        try await Lab.with { lab in
            #expect(try await lab.gateway.run { LegacyTables.present() }.isEmpty)
            try lab.gateway.load(legacy: docker)
            let names = try await lab.gateway.run { LegacyTables.present() }
            #expect(names == [LegacyTableName(.ip, "filter")])
            // Asking loads no further table.
            _ = try await lab.gateway.foreignRuleset()
            #expect(try await lab.gateway.run { LegacyTables.present() } == names)
        }
    }
}

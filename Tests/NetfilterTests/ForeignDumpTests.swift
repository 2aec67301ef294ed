import Addressing
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// What other programs load is read back as what they meant.
@Suite struct `Dumps of other tables` {
    @Test func `tables, chains and sets of every family are read, and ours is left out`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(
                nft: """
                    table inet a { flags dormant; chain c { type filter hook forward priority 7; policy drop; }; }
                    table bridge b { chain c { type filter hook forward priority -200; }; }
                    table ip6 s {
                        set hosts { type ipv6_addr . inet_service . ipv6_addr; flags interval; elements = {
                            2001:db8::/32 . 80-90 . ::1 }; }
                        set names { type ifname; flags interval; elements = { "eth*", "wan0" }; }
                        map m { type inet_service : verdict; elements = { 22 : drop, 23 : jump r }; }
                        chain r { return; }
                    }
                    """)
            let ruleset = try await lab.gateway.foreignRuleset()
            #expect(
                ruleset.tables.map { "\($0.family.name) \($0.name)" }.sorted() == [
                    "bridge b", "inet a", "ip6 s",
                ])
            #expect(ruleset.tables.filter(\.isDormant).map(\.name) == ["a"])
            #expect(ruleset.unfollowed.map(\.name) == ["b"])
            let base = try #require(ruleset.chains.first { $0.table == "a" }?.base)
            #expect(
                base
                    == .init(type: "filter", hook: 2, priority: 7, dropsByPolicy: true))
            let hosts = try #require(ruleset.sets[.init(.ip6, "s", "hosts")])
            #expect(hosts.declaration.fields == [16, 2, 16])
            #expect(hosts.elements.map { $0.key.count } == [36])
            #expect(hosts.elements.first?.keyEnd?[16..<18] == [0, 90])
            let map = try #require(ruleset.sets[.init(.ip6, "s", "m")])
            #expect(Set(map.elements.map(\.value)) == [.verdict(.drop), .verdict(.jump("r"))])
            // A dormant table drops nothing.
            #expect(ruleset.told(.forwarded()) == "passes")
            withExtendedLifetime(engine) {}
        }
    }

    static let rules = [
        #"iifname "wan0" tcp dport 443 drop"#, #"oifname "lan*" accept"#,
        "ip saddr 192.0.2.0/24 tcp dport 1000-2000 counter reject",
        "ip daddr 192.0.2.128/25 udp dport 53 return",
        "ip6 saddr 2001:db8::1 tcp dport { 22, 80-90 } jump other",
        "ct state established,related accept", "ct status dnat accept",
        "ct mark & 0x00ffff00 == 0x00000100 drop", "meta mark 0x00000010 goto other",
        "ip saddr . tcp dport { 192.0.2.1 . 22 } accept",
        "tcp dport vmap { 22 : drop, 23 : jump other }",
        "ip daddr @hosts drop", "ip daddr != @hosts drop", "fib daddr type local accept",
        "udp sport != 1000-2000 drop", "notrack",
    ]

    /// Where we write the same in other words than `nft` does.
    private static let ours = [
        "ip saddr 192.0.2.0/24 tcp dport 1000-2000 counter reject":
            "ip saddr 192.0.2.0/24 tcp dport >= 1000 tcp dport <= 2000 counter reject",
        "ct mark & 0x00ffff00 == 0x00000100 drop": "ct mark & 0xffff00 == 0x100 drop",
        "meta mark 0x00000010 goto other": "meta mark 0x10 goto other",
    ]

    @Test func `rules by nft are told about as nft tells them`() async throws {
        try await Lab.with { lab in
            try lab.gateway.load(
                nft: """
                    table inet t {
                        set hosts { type ipv4_addr; elements = { 192.0.2.7 }; }
                        chain other { }
                        chain c { \n\(Self.rules.joined(separator: "\n"))\n }
                    }
                    """)
            let ruleset = try await lab.gateway.foreignRuleset()
            let rules = try #require(ruleset.rules[.init(.inet, "t", "c")])
            for (rule, text) in zip(rules, Self.rules) {
                let told = RuleReference(rule, ruleset).text
                #expect(told == Self.ours[text] ?? text)
            }
            #expect(rules.count == Self.rules.count)
        }
    }

    @Test func `parts of iptables are read out of their structures`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                iptables-nft -A FORWARD -m conntrack ! --ctstate NEW,DNAT --ctdir REPLY -j DROP
                iptables-nft -A FORWARD -m conntrack --ctstatus SEEN_REPLY -m comment \
                    --comment 'who and why' -j RETURN
                iptables-nft -A FORWARD -p udp -m multiport ! --sports 5,7:9 -j ACCEPT
                iptables-nft -A FORWARD -m addrtype ! --src-type LOCAL -j LOG
                iptables-nft -A FORWARD -m iprange --src-range 10.0.0.1-10.0.0.9 -j DROP
                iptables-nft -A FORWARD -m connmark --mark 0x100/0xff00 -j DROP
                iptables-nft -t mangle -A FORWARD -j MARK --set-xmark 0x1/0xf
                iptables-nft -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 99
                """)
            let ruleset = try await lab.gateway.foreignRuleset()
            let rules = try #require(ruleset.rules[.init(.ip, "filter", "FORWARD")])
            let told = rules.map { RuleReference($0, ruleset).text }
            #expect(told[0].hasPrefix("ct state != new,dnat ct direction reply"))
            #expect(told[1].hasPrefix("ct status seen-reply"))
            #expect(told[2].contains("th sport != { 5, 7-9 }"))
            #expect(told[3].contains("target LOG") || told[3].contains("log"))
            #expect(told[4].contains("match iprange"))
            #expect(told[5].contains("ct mark & 0xff00 == 0x100"))
            #expect(rules.allSatisfy { $0.position != 0 && $0.handle > 0 })
            let nat = try #require(ruleset.rules[.init(.ip, "nat", "PREROUTING")]?.first)
            let redirect = nat.expressions.compactMap { expression -> CompatTarget? in
                guard case .target(let target) = expression else { return nil }
                return CompatTarget(target)
            }
            guard case .redirect(let place)? = redirect.first else {
                Issue.record("\(nat.expressions)")
                return
            }
            #expect(place.port == 99)
        }
    }

    @Test func `a set of 30,000 is read`() async throws {
        try await Lab.with { lab in
            let elements = (0..<30_000).map { "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" }
            try lab.gateway.load(
                nft:
                    "table ip t { set s { type ipv4_addr; elements = { \(elements.joined(separator: ",")) }; }; }"
            )
            let ruleset = try await lab.gateway.foreignRuleset()
            #expect(ruleset.sets[.init(.ip, "t", "s")]?.elements.count == 30_000)
        }
    }

    @Test func `a ruleset that changes all the time is read whole`() async throws {
        try await Lab.with { lab in
            try lab.gateway.load(nft: "table ip t { chain c { }; chain d { }; }")
            let host = lab.gateway
            let writer = Task {
                var count = 0
                while !Task.isCancelled {
                    // Both, or neither: one transaction.
                    try host.load(nft: "add rule ip t c accept\nadd rule ip t d accept")
                    count += 1
                    // Two writers that never let go would keep a machine of two cores from all else.
                    await Task.yield()
                }
                return count
            }
            for _ in 0..<40 {
                let ruleset = try await lab.gateway.foreignRuleset()
                let counts = ["c", "d"].map { ruleset.rules[.init(.ip, "t", $0)]?.count ?? 0 }
                #expect(counts[0] == counts[1])
            }
            writer.cancel()
            #expect(try await writer.value > 0)
        }
    }

    @Test func `legacy tables are told by name`() {
        #expect(LegacyTables.tables(in: "nat\nfilter\n") == ["filter", "nat"])
        #expect(LegacyTables.tables(in: "").isEmpty)
        #expect(LegacyTables.present().allSatisfy { "\($0)".hasPrefix("ip") })
    }
}

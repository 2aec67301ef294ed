import Addressing
import Forwarding
import LinuxKit
import Netfilter
import Netlink
import TestKit
import Testing

/// Rules as other programs write them, with a forward of ours beside: what is predicted happens.
@Suite struct `Rules of others` {
    private func told(_ lab: Lab, _ packet: TracedPacket = .forwarded()) async throws -> String {
        try await lab.told(packet)
    }

    private let docker = """
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
        -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        COMMIT

        """

    @Test func `Docker drops what it does not know, and DOCKER-USER lets it by`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            #expect(try await told(lab) == "passes")
            try lab.gateway.load(iptables: docker)
            #expect(try await told(lab) == "ip filter FORWARD: policy drop")
            try lab.gateway.shell(
                """
                iptables-nft -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables-nft -I DOCKER-USER -i wan0 -o br0 -m conntrack --ctstate DNAT -j ACCEPT
                """)
            #expect(try await told(lab) == "passes")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `Docker's own published port is taken away only where we have none`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(iptables: docker)
            let ruleset = try await lab.gateway.foreignRuleset()
            var packet = TracedPacket.forwarded(.tcp, 8080)
            packet.connectionMark = 0
            packet.translation = nil
            let verdict = ruleset.verdict(of: packet, at: .prerouting)
            guard case .translated(let rule, let target) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(rule.chain == "DOCKER")
            #expect(target == .place(Sample.address("172.17.0.2"), 80))
            packet.ownAddresses = nil
            #expect(ruleset.told(packet).hasPrefix("unsure: PREROUTING: fib daddr type local"))
            let forwarded = ruleset.verdict(of: .forwarded(.tcp, 8080), at: .prerouting)
            #expect(forwarded == .passes)
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `ufw drops routed packets until a route rule allows them`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(
                iptables: """
                    *filter
                    :INPUT DROP [0:0]
                    :FORWARD DROP [0:0]
                    :OUTPUT ACCEPT [0:0]
                    :ufw-before-forward - [0:0]
                    :ufw-after-logging-forward - [0:0]
                    :ufw-reject-forward - [0:0]
                    :ufw-user-forward - [0:0]
                    -A FORWARD -j ufw-before-forward
                    -A FORWARD -j ufw-after-logging-forward
                    -A FORWARD -j ufw-reject-forward
                    -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                    -A ufw-before-forward -p icmp --icmp-type echo-request -j ACCEPT
                    -A ufw-before-forward -j ufw-user-forward
                    -A ufw-after-logging-forward -m limit --limit 3/min --limit-burst 10 -j LOG \
                    --log-prefix "[UFW BLOCK] "
                    COMMIT

                    """)
            #expect(try await told(lab) == "ip filter FORWARD: policy drop")
            try lab.gateway.shell(
                """
                iptables-nft -A ufw-user-forward -i wan0 -o br0 -p tcp -d 192.168.7.10 \
                -m multiport --dports 80,8000:8999 -j ACCEPT
                """)
            #expect(try await told(lab) == "passes")
            try lab.gateway.shell("iptables-nft -I ufw-user-forward -s 203.0.113.0/24 -j REJECT")
            #expect(
                try await told(lab) == "ip filter ufw-user-forward: ip saddr 203.0.113.0/24"
                    + " counter reject")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `firewalld lets translated flows by, and its zones decide on the rest`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let rules = { (status: String) in
                """
                table inet firewalld {
                    chain filter_PREROUTING { type filter hook prerouting priority -140; }
                    chain filter_FORWARD {
                        type filter hook forward priority 10; policy accept;
                        ct state { established, related } accept
                        \(status)
                        iifname "lo" accept
                        jump filter_FORWARD_POLICIES
                        ct state invalid drop
                        reject with icmpx admin-prohibited
                    }
                    chain filter_FORWARD_POLICIES {
                        iifname vmap { "wan0" : goto from_public, "br0" : goto from_home }
                        reject with icmpx admin-prohibited
                    }
                    chain from_public {
                        oifname vmap { "br0" : jump public_to_home, "guest*" : drop }
                        reject with icmpx admin-prohibited
                    }
                    chain public_to_home { ip daddr . tcp dport { 192.168.7.10 . 22 } accept; }
                    chain from_home { accept; }
                }
                """
            }
            try lab.gateway.load(nft: rules("ct status dnat accept"))
            #expect(try await told(lab) == "passes")
            try lab.gateway.load(nft: "delete table inet firewalld\n" + rules(""))
            #expect(
                try await told(lab)
                    == "inet firewalld from_public: reject")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `libvirt refuses what is not of its networks`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(
                iptables: """
                    *filter
                    :FORWARD ACCEPT [0:0]
                    :LIBVIRT_FWI - [0:0]
                    :LIBVIRT_FWO - [0:0]
                    -A FORWARD -j LIBVIRT_FWI
                    -A FORWARD -j LIBVIRT_FWO
                    -A LIBVIRT_FWI -d 192.168.7.0/24 -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                    -A LIBVIRT_FWI -o br0 -j REJECT --reject-with icmp-port-unreachable
                    -A LIBVIRT_FWO -s 192.168.7.0/24 -i br0 -j ACCEPT
                    -A LIBVIRT_FWO -i br0 -j REJECT --reject-with icmp-port-unreachable
                    COMMIT

                    """)
            #expect(
                try await told(lab) == "ip filter LIBVIRT_FWI: oifname \"br0\" counter reject")
            withExtendedLifetime(engine) {}
        }
    }

    @Test func `what hangs on a limit or an unknown part is left open`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.load(
                nft: """
                    table inet hand {
                        chain f {
                            type filter hook forward priority 0; policy accept;
                            limit rate over 100/second drop
                            ct state new tcp dport 8443 tcp option maxseg size < 500 drop
                        }
                    }
                    """)
            let ruleset = try await lab.gateway.foreignRuleset()
            guard
                case .unsure(let doubts, .passes) = ruleset.verdict(of: .forwarded(), at: .forward)
            else {
                Issue.record("not unsure")
                return
            }
            #expect(
                doubts.map(\.rule.text) == [
                    "limit drop", "ct state new tcp dport 8443 exthdr register < 0x1f4 drop",
                ])
            #expect(doubts.map(\.reason) == [.notKnown("limit"), .notUnderstood("exthdr")])
            withExtendedLifetime(engine) {}
        }
    }
}

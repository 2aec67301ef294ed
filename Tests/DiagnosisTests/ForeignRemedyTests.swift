import Addressing
import Diagnosis
import Netfilter
import Netlink
import TestKit
import Testing

/// The exception is made where the drop is, in the words of the tool that keeps it.
@Suite struct `Remedies for rules of others` {
    private let target = Sample.endpoint("192.168.7.10", 443)

    private func rule(_ table: String, _ chain: String, handle: UInt64? = nil) -> RuleReference {
        RuleReference(
            family: table.hasPrefix("firewalld") ? .inet : .ip, table: table, chain: chain,
            handle: handle, text: "", comment: nil)
    }

    private func commands(_ rule: RuleReference, _ chains: Set<String> = []) -> [String] {
        ForeignRemedy(for: rule, among: chains, to: target, .tcp).commands
    }

    @Test func `Docker's policy gets an exception in DOCKER-USER, there and back`() {
        #expect(
            commands(rule("filter", "FORWARD"), ["FORWARD", "DOCKER", "DOCKER-USER"]) == [
                "iptables -I DOCKER-USER -d 192.168.7.10 -p tcp --dport 443 -j ACCEPT",
                "iptables -I DOCKER-USER -s 192.168.7.10 -p tcp --sport 443 -m conntrack"
                    + " --ctstate ESTABLISHED -j ACCEPT",
            ])
    }

    @Test func `ufw is asked in its own words, before its own rules where one of them drops`() {
        let chains: Set = ["FORWARD", "ufw-before-forward", "ufw-user-forward"]
        let wanted = "allow proto tcp to 192.168.7.10 port 443"
        #expect(commands(rule("filter", "FORWARD"), chains) == ["ufw route \(wanted)"])
        #expect(
            commands(rule("filter", "ufw-user-forward", handle: 7), chains)
                == ["ufw route prepend \(wanted)"])
    }

    @Test func `a rule that somebody put before ufw's is beaten by one before it`() {
        let found = commands(
            rule("filter", "FORWARD", handle: 7), ["FORWARD", "ufw-user-forward"])
        #expect(found[0] == "iptables -I FORWARD -d 192.168.7.10 -p tcp --dport 443 -j ACCEPT")
    }

    @Test func `firewalld gets a policy that allows the target`() {
        let found = commands(rule("firewalld", "filter_FORWARD_POLICIES", handle: 7))
        #expect(found.first == "firewall-cmd --permanent --new-policy portcullis")
        #expect(found.contains { $0.contains("destination address=\"192.168.7.10\"") })
        #expect(found.last == "firewall-cmd --reload")
    }

    @Test func `libvirt's chains are gone round in FORWARD`() {
        let found = commands(rule("filter", "LIBVIRT_FWI", handle: 7), ["FORWARD", "LIBVIRT_FWI"])
        #expect(found[0].hasPrefix("iptables -I FORWARD -d 192.168.7.10 "))
    }

    @Test func `a hand-written table gets its exception in the very chain, IPv6 too`() {
        let remedy = ForeignRemedy(
            for: rule("hand", "f", handle: 3), to: Sample.endpoint("2001:db8:7::10", 53), .udp)
        #expect(remedy.owner == .nftables)
        #expect(
            remedy.commands == [
                "nft insert rule ip hand f ip6 daddr 2001:db8:7::10 udp dport 53 accept",
                "nft insert rule ip hand f ip6 saddr 2001:db8:7::10 udp sport 53 ct state"
                    + " established accept",
            ])
        // A table that is only named like one of iptables.
        #expect(commands(rule("filter", "forward"), ["forward"])[0].hasPrefix("nft insert"))
    }

    @Test func `what goes to the gateway itself gets its exception at INPUT`() {
        func input(_ rule: RuleReference, _ chains: Set<String> = []) -> [String] {
            ForeignRemedy(for: rule, among: chains, to: target, .tcp, at: .input).commands
        }
        let insert = "iptables -I INPUT -d 192.168.7.10 -p tcp --dport 443 -j ACCEPT"
        #expect(input(rule("filter", "INPUT"), ["INPUT", "DOCKER", "DOCKER-USER"]) == [insert])
        #expect(input(rule("filter", "LIBVIRT_INP", handle: 7), ["INPUT"]) == [insert])
        #expect(
            input(rule("filter", "INPUT"), ["DOCKER", "INPUT", "ufw-user-input"])
                == ["ufw allow 443/tcp"])
        let zones = input(rule("firewalld", "filter_INPUT", handle: 7))
        #expect(zones.contains { $0.hasSuffix("--policy portcullis-host --add-egress-zone HOST") })
        #expect(input(rule("hand", "i", handle: 3)).count == 1)
    }

    @Test func `other tables and the old module are named in the command`() {
        #expect(
            commands(rule("mangle", "FORWARD", handle: 3))[0]
                .hasPrefix("iptables -t mangle -I FORWARD "))
        #expect(
            commands(rule("filter (legacy)", "FORWARD"))[0]
                .hasPrefix("iptables-legacy -I FORWARD "))
        #expect(
            commands(rule("mangle (legacy)", "FORWARD", handle: 2))[0]
                .hasPrefix("iptables-legacy -t mangle -I FORWARD "))
        #expect(
            commands(rule("filter (legacy)", "FORWARD"), ["FORWARD", "DOCKER-USER"])[0]
                .hasPrefix("iptables-legacy -I DOCKER-USER "))
    }
}

import Addressing
import Netfilter
import TestKit

/// Random rulesets of others, on few ports and addresses, so that they meet the packets often.
struct ForeignCases {
    var gen: Gen

    init(_ seed: Seed) { gen = Gen(seed) }

    static let ports: ClosedRange<Int> = 1000...1009

    /// A script for `nft`; the tables are empty of packets before and after.
    mutating func ruleset() -> String {
        var text =
            "table inet other\ndelete table inet other\ntable ip older\ndelete table ip older\n"
        text += table("inet", "other") + table("ip", "older")
        return text
    }

    private mutating func table(_ family: String, _ name: String) -> String {
        let hooks = ["prerouting", "forward", "forward", "input", "postrouting"]
        var chains: [String] = []
        var bodies = "set hosts { type ipv4_addr; flags interval; elements = { \(hosts()) }; }\n"
        bodies += "set doors { type ipv4_addr . inet_service; elements = { \(doors()) }; }\n"
        for number in 0..<gen.int(1...4) {
            let rules = (0..<gen.int(0...4)).map { _ in rule(chains, "user") }
            bodies += "chain user\(number) {\n\(rules.joined(separator: "\n"))\n}\n"
            chains.append("user\(number)")
        }
        for number in 0..<gen.int(1...3) {
            let hook = gen.pick(hooks)
            let priority = gen.pick([-300, -210, -150, -105, -100, -50, 0, 10, 150])
            let policy = gen.oneIn(5) ? "drop" : "accept"
            let rules = (0..<gen.int(1...6)).map { _ in rule(chains, hook) }
            bodies += """
                chain base\(number) {
                type filter hook \(hook) priority \(priority); policy \(policy);
                \(rules.joined(separator: "\n"))
                }

                """
        }
        if gen.oneIn(3) {
            bodies += """
                chain nat {
                type nat hook prerouting priority \(gen.pick([-110, -100, -90])); policy accept;
                tcp dport \(gen.int(Self.ports)) dnat \(family == "inet" ? "ip " : "")to 192.168.9.30:1004
                }

                """
        }
        return "table \(family) \(name) {\n\(bodies)}\n"
    }

    private mutating func rule(_ chains: [String], _ hook: String) -> String {
        let transport = gen.pick(["tcp", "udp"])
        let matches = (0..<gen.int(0...2)).map { _ in match(transport) }.joined(separator: " ")
        return matches + " " + statement(chains, hook)
    }

    private mutating func statement(_ chains: [String], _ hook: String) -> String {
        switch gen.int(0...11) {
        case 0...2: return "counter drop"
        case 3, 4: return "accept"
        case 5: return "return"
        case 6: return "meta mark set \(gen.int(0...3))"
        case 7 where hook == "forward" || hook == "input": return "counter reject"
        case 8: return "counter"
        case 9 where !chains.isEmpty:
            let port = gen.int(Self.ports)
            return "th dport vmap { \(port) : jump \(gen.pick(chains)), "
                + "\(port + 1)-\(port + 3) : \(gen.pick(["accept", "return", "continue"])) }"
        default:
            guard !chains.isEmpty else { return "counter" }
            return (gen.oneIn(3) ? "goto " : "jump ") + gen.pick(chains)
        }
    }

    private mutating func match(_ transport: String) -> String {
        let port = gen.int(Self.ports)
        let sign = gen.oneIn(3) ? "!= " : ""
        switch gen.int(0...17) {
        case 0: return "iifname \(sign)\"\(gen.pick(["wan0", "br0", "wan*", "guest0"]))\""
        case 1: return "oifname \(sign)\"\(gen.pick(["br0", "guest*", "wan0"]))\""
        case 2:
            return
                "ip saddr \(sign)\(gen.pick(["203.0.113.9", "198.51.100.0/24", "192.168.0.0/17"]))"
        case 3:
            return "ip daddr \(sign)\(gen.pick(["203.0.113.5", "192.168.7.0/24", "192.168.7.10"]))"
        case 4: return "\(transport) dport \(sign)\(port)"
        case 5: return "\(transport) dport \(port)-\(port + gen.int(1...4))"
        case 6: return "th dport \(sign){ \(port), \(port + 2)-\(port + 4) }"
        case 7: return "\(transport) dport < \(port)"
        case 8:
            return "ct state \(gen.pick(["new", "established,related", "invalid", "untracked"]))"
        case 9: return "ct status dnat"
        case 10: return "ct mark & 0x00ffff00 \(gen.pick(["==", "!="])) 0x00000100"
        case 11: return "meta mark \(sign)\(gen.int(0...3))"
        case 12: return "ip saddr \(sign)@hosts"
        case 13: return "ip daddr . th dport \(sign)@doors"
        case 14: return "meta l4proto \(transport)"
        case 15: return "fib daddr type \(sign)local"
        case 16: return "meta l4proto \(transport) ct original proto-dst \(port)"
        default:
            return gen.oneIn(3) ? "limit rate over 100000/second" : "th sport >= \(20000 + port)"
        }
    }

    private mutating func hosts() -> String {
        gen.pick([
            "203.0.113.0/28, 192.168.7.10", "192.168.7.10-192.168.7.30, 0.0.0.0/8",
            "198.51.100.7, 203.0.113.9-203.0.113.255",
        ])
    }

    private mutating func doors() -> String {
        (0..<3).map { number in
            "\(gen.pick(["192.168.7.10", "203.0.113.5", "192.168.9.30"])) . \(1000 + number * 3)"
        }.joined(separator: ", ")
    }

    // Packets.

    /// A packet from a lab machine, and the places that it passes if nothing stops it.
    ///
    /// Ports below 1005 of the WAN address are forwards to lan1.
    mutating func packet(_ sourcePort: UInt16) -> (host: String, TracedPacket, [ForeignHook]) {
        let transport: TransportProtocol = gen.oneIn(2) ? .tcp : .udp
        let port = UInt16(gen.int(Self.ports))
        let (host, sources, inside) = gen.pick([
            ("internet", ["203.0.113.9", "198.51.100.7"], "wan0"),
            ("internet", ["203.0.113.9", "198.51.100.7"], "wan0"),
            ("guest", ["192.168.9.30"], "guest0"),
        ])
        let asked = gen.pick(["203.0.113.5", "203.0.113.5", "192.168.7.20", "192.168.7.1"])
        let isForwarded = asked == "203.0.113.5" && port < 1005
        var packet = TracedPacket(
            transport, from: Sample.address(gen.pick(sources)), port: sourcePort,
            to: Sample.endpoint(asked, port),
            translation: isForwarded ? Sample.endpoint("192.168.7.10", port) : nil,
            in: Sample.interface(inside), out: Sample.interface("br0"))
        packet.connectionMark = isForwarded ? MarkMask.standard.mark(of: Sample.id(1)) : 0
        packet.ownAddresses = TracedPacket.gatewayAddresses
        let isLocal = !isForwarded && asked != "192.168.7.20"
        return (host, packet, isLocal ? [.prerouting, .input] : ForeignRuleset.road)
    }

    /// The same packet with less known of it.
    mutating func forgetful(_ packet: TracedPacket) -> TracedPacket {
        var packet = packet
        if gen.oneIn(2) { packet.sourcePort = nil }
        if gen.oneIn(2) { packet.outInterface = nil }
        if gen.oneIn(2) { packet.ownAddresses = nil }
        if gen.oneIn(2) { packet.connectionMark = nil }
        if gen.oneIn(2) { packet.packetMark = nil }
        return packet
    }
}

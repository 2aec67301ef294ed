import TestKit

// Random rules for the old iptables module, on the same few ports and addresses.
extension ForeignCases {
    /// A script for `iptables-legacy-restore`; what was in the tables before goes.
    mutating func legacyRuleset() -> String {
        legacyTable("raw", ["PREROUTING"])
            + legacyTable("mangle", ["PREROUTING", "INPUT", "FORWARD", "POSTROUTING"])
            + legacyTable("filter", ["INPUT", "FORWARD"]) + legacyNAT()
    }

    private mutating func legacyTable(_ name: String, _ hooks: [String]) -> String {
        var (chains, lines): ([String], [String]) = ([], [])
        for number in 0..<gen.int(1...3) {
            let own = "user\(number)"
            for _ in 0..<gen.int(0...4) { lines.append(legacyRule(own, name, chains)) }
            chains.append(own)
        }
        for hook in hooks {
            for _ in 0..<gen.int(0...3) { lines.append(legacyRule(hook, name, chains)) }
        }
        let policies = hooks.map { ":\($0) \(gen.oneIn(9) ? "DROP" : "ACCEPT") [0:0]" }
        let head = policies + chains.map { ":\($0) - [0:0]" }
        return "*\(name)\n" + (head + lines).joined(separator: "\n") + "\nCOMMIT\n"
    }

    private mutating func legacyNAT() -> String {
        let rule =
            "-A PREROUTING -p tcp -m tcp --dport \(gen.int(Self.ports)) -j DNAT"
            + " --to-destination 192.168.9.30:1004\n"
        return "*nat\n:PREROUTING ACCEPT [0:0]\n\(gen.oneIn(3) ? rule : "")COMMIT\n"
    }

    private mutating func legacyRule(
        _ chain: String, _ table: String, _ chains: [String]
    ) -> String {
        let transport = gen.pick(["tcp", "udp"])
        var words = ["-A", chain]
        let isOfTransport = gen.oneIn(2)
        if isOfTransport {
            words += ["-p", transport]
        } else if gen.oneIn(4) {
            words.append("! -p udp")
        }
        for _ in 0..<gen.int(0...2) { words.append(legacyHeader(chain)) }
        // Each part of the header may be asked for once.
        var seen: Set<String> = []
        words = words.filter { word in
            let option = word.split(separator: " ").first { $0 != "!" }.map(String.init) ?? word
            return option.count != 2 || option == "-A" || seen.insert(option).inserted
        }
        if gen.oneIn(2) { words.append(legacyMatch(isOfTransport ? transport : nil)) }
        words.append(legacyTarget(table, chains))
        return words.joined(separator: " ")
    }

    private var sign: String { mutating get { gen.oneIn(3) ? "! " : "" } }

    /// Tools refuse to ask for an interface where there is none yet.
    private mutating func legacyHeader(_ chain: String) -> String {
        let isEarly = chain == "PREROUTING" || chain == "INPUT"
        switch gen.int(0...4) {
        case 0 where chain != "POSTROUTING":
            return "\(sign)-i \(gen.pick(["wan0", "br0", "wan+", "guest0"]))"
        case 1 where !isEarly: return "\(sign)-o \(gen.pick(["br0", "guest+", "wan0"]))"
        case 2:
            return "\(sign)-s \(gen.pick(["203.0.113.9", "198.51.100.0/24", "192.168.0.0/17"]))"
        case 3:
            return "\(sign)-d \(gen.pick(["203.0.113.5", "192.168.7.0/24", "192.168.7.10"]))"
        default: return gen.oneIn(4) ? "-f" : "! -f"
        }
    }

    private mutating func legacyMatch(_ transport: String?) -> String {
        let port = gen.int(Self.ports)
        if let transport, gen.oneIn(2) {
            switch gen.int(0...3) {
            case 0: return "-m \(transport) \(sign)--dport \(port):\(port + 3)"
            case 1: return "-m \(transport) \(sign)--sport 1:\(20000 + port)"
            case 2: return "-m multiport \(sign)--dports \(port),\(port + 2):\(port + 4)"
            default: return "-m multiport \(sign)--ports \(port),\(port + 1)"
            }
        }
        switch gen.int(0...7) {
        case 0:
            let state = gen.pick(["NEW", "ESTABLISHED,RELATED", "INVALID", "UNTRACKED", "DNAT"])
            return "-m conntrack \(sign)--ctstate \(state)"
        case 1: return "-m state \(sign)--state \(gen.pick(["NEW", "ESTABLISHED"]))"
        case 2: return "-m mark \(sign)--mark \(gen.int(0...3))/0x3"
        case 3: return "-m connmark \(sign)--mark 0x100/0xffff00"
        case 4: return "-m addrtype \(sign)--dst-type LOCAL"
        case 5: return "-m iprange \(sign)--src-range 203.0.113.0-203.0.113.20"
        case 6: return "-m comment --comment \"who and why\""
        default: return gen.oneIn(3) ? "-m limit --limit 1000/s" : "-m conntrack --ctdir REPLY"
        }
    }

    private mutating func legacyTarget(_ table: String, _ chains: [String]) -> String {
        switch gen.int(0...9) {
        case 0...1: return "-j DROP"
        case 2...3: return "-j ACCEPT"
        case 4: return "-j RETURN"
        case 5 where table == "filter": return "-j REJECT"
        case 5 where table == "mangle": return "-j MARK --set-mark \(gen.int(0...3))"
        case 6: return ""
        default: return chains.isEmpty ? "" : "\(gen.oneIn(3) ? "-g" : "-j") \(gen.pick(chains))"
        }
    }
}

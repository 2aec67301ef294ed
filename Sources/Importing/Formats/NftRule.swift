import Addressing
import Forwarding

/// One rule in the words of nft.
struct NftRule {
    private var words: ArraySlice<String>
    private let sets: NftSets
    private var match = RuleMatch()
    private var action = RuleAction.nothing

    init(words: [String], sets: NftSets) {
        (self.words, self.sets) = (words[...], sets)
    }

    mutating func parse() -> (RuleMatch, RuleAction) {
        while let word = words.popFirst() { read(word) }
        return (match, action)
    }

    private mutating func read(_ word: String) {
        switch word {
        case "iifname", "iif": interfaces()
        case "ip" where words.first == "protocol", "ip6" where words.first == "nexthdr",
            "meta" where words.first == "l4proto":
            words.removeFirst()
            transports()
        case "meta" where words.first == "iifname" || words.first == "iif",
            "meta" where words.first == "nfproto":
            if words.popFirst() == "nfproto" { _ = words.popFirst() } else { interfaces() }
        case "ip", "ip6": addresses(word)
        case "tcp", "udp", "sctp", "th": ports(word)
        case "fib" where words.starts(with: ["daddr", "type", "local"]):
            words.removeFirst(3)
        case "ct" where words.first == "state": state()
        case "counter": counter()
        case "comment": match.comment = words.popFirst()
        case ";": break
        default: readAction(word)
        }
    }

    private mutating func readAction(_ word: String) {
        switch word {
        case "dnat": translation()
        case "redirect": end(.redirect)
        case "snat", "masquerade": end(.sourceNAT)
        case "accept": action = .accept
        case "return": action = .returns
        case "drop", "reject", "tproxy", "notrack", "queue", "vmap": end(.other(word))
        case "log":
            if action == .nothing { action = .log }
            while let next = words.first,
                ["prefix", "group", "level", "flags", "all"].contains(next)
            {
                words.removeFirst()
                if next != "all" { words = words.dropFirst() }
            }
        case "jump", "goto":
            action = words.popFirst().map(RuleAction.jump) ?? .unreadable
        default:
            // What is not known may narrow the rule; its words end where a verdict begins.
            var text = [word]
            while let next = words.first, !Self.verdicts.contains(next) {
                text.append(next)
                words.removeFirst()
            }
            match.unsupported.append(text.joined(separator: " "))
        }
    }

    private static let verdicts: Set<String> = [
        "dnat", "redirect", "snat", "masquerade", "accept", "return", "drop", "reject", "jump",
        "goto", "counter", "comment", "log",
    ]

    /// Takes a verdict; its words go up to the comment.
    private mutating func end(_ verdict: RuleAction) {
        action = verdict
        while let next = words.first, next != "comment" { words.removeFirst() }
    }

    /// One value, or those in braces or of a named set; `!=` in front is told.
    private mutating func values() -> (values: [String], isNegated: Bool) {
        var isNegated = false
        if let sign = words.first, ["!=", "=="].contains(sign) {
            isNegated = sign == "!="
            words.removeFirst()
        }
        guard let first = words.popFirst() else { return ([], isNegated) }
        if first.first == "@" {
            guard let elements = sets[first] else { return ([first], isNegated) }
            return (elements.filter { $0 != "," }, isNegated)
        }
        guard first == "{" else { return ([first], isNegated) }
        var values: [String] = []
        while let next = words.popFirst(), next != "}" {
            if next != "," { values.append(next) }
        }
        return (values, isNegated)
    }

    private mutating func interfaces() {
        let (names, isNegated) = values()
        if isNegated { match.exceptInterfaces += names } else { match.interfaces = names }
    }

    private mutating func transports() {
        let (names, isNegated) = values()
        guard !isNegated else { return unsupported("protocol", names, true) }
        for name in names {
            guard let transport = Reading.transport(name) else {
                match.refusal = match.refusal ?? .transport(name)
                continue
            }
            match.transports.append(transport)
        }
    }

    private mutating func addresses(_ family: String) {
        let field = words.popFirst() ?? ""
        let (texts, isNegated) = values()
        guard field == "saddr" || field == "daddr", !isNegated || field == "saddr",
            words.first != "."
        else { return unsupported("\(family) \(field)", texts, isNegated) }
        for text in texts {
            guard let prefix = Reading.prefix(text) else {
                match.refusal =
                    match.refusal ?? (field == "saddr" ? .source(text) : .severalAddresses(text))
                continue
            }
            switch (field, isNegated) {
            case ("saddr", true): match.exceptSources.append(prefix)
            case ("saddr", false): match.sources.append(prefix)
            default: match.destinations.append(prefix)
            }
        }
    }

    private mutating func ports(_ transport: String) {
        let field = words.popFirst() ?? ""
        let (texts, isNegated) = values()
        if let transport = Reading.transport(transport) { match.transports = [transport] }
        guard field == "dport", !isNegated else {
            return unsupported("\(transport) \(field)", texts, isNegated)
        }
        for text in texts {
            guard let ports = Reading.ports(text) else {
                match.refusal = match.refusal ?? .condition("\(transport) dport \(text)")
                continue
            }
            match.ports.append(ports)
        }
    }

    private mutating func state() {
        words.removeFirst()
        let (states, isNegated) = values()
        let all = states.flatMap { $0.parts(",") }
        var more: [String] = []
        // Several states may stand without braces: `new,established`.
        while words.first == ",", words.count > 1 {
            more.append(words.removeFirst() + words.removeFirst())
        }
        let found = all + more.map { String($0.dropFirst()) }
        guard isNegated || !found.contains("new") else { return }
        unsupported("ct state", found, isNegated)
    }

    private mutating func counter() {
        if words.first == "name" { words = words.dropFirst(2) }
        if words.first == "packets" { words = words.dropFirst(4) }
    }

    private mutating func unsupported(_ what: String, _ values: [String], _ isNegated: Bool) {
        let sign = isNegated ? "!= " : ""
        match.unsupported.append("\(what) \(sign)\(values.joined(separator: " "))")
    }

    private mutating func translation() {
        while let next = words.first, ["ip", "ip6", "addr", ".", "port", "prefix"].contains(next) {
            words.removeFirst()
        }
        guard words.popFirst() == "to" else { return end(.unreadable) }
        var map = NftMap(words: words, sets: sets)
        let action = map.parse()
        (match.transports, words) = (map.transport.map { [$0] } ?? match.transports, map.rest)
        let asked = match.ports
        self.action = action
        guard case .dnatByPort(let pairs) = action, !asked.isEmpty else { return }
        // The rule asked for ports already; the map has to stay within them.
        let isWithin = pairs.allSatisfy { pair in
            asked.contains { $0.first <= pair.ports.first && pair.ports.last <= $0.last }
        }
        if !isWithin { match.unsupported.append("ports beside the map") }
    }
}

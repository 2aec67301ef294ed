import Addressing
import Forwarding

/// The options of one rule of iptables.
struct IptablesRule {
    private var words: ArraySlice<String>
    private var match = RuleMatch()
    private var target: String?
    private var destinations: [String] = []

    init(words: [String]) { self.words = words[...] }

    mutating func parse() -> (RuleMatch, RuleAction) {
        while let word = words.popFirst() {
            var (option, isNegated) = (word, false)
            if option == "!" {
                guard let next = words.popFirst() else { break }
                (option, isNegated) = (next, true)
            }
            if words.first == "!" {
                words.removeFirst()
                isNegated = true
            }
            read(option, isNegated)
        }
        return (match, action())
    }

    private mutating func read(_ option: String, _ isNegated: Bool) {
        switch option {
        case "-p", "--protocol", "--proto": transport(isNegated)
        case "-s", "--source", "--src": source(isNegated)
        case "-d", "--destination", "--dst": destination(isNegated)
        case "-i", "--in-interface":
            guard let name = words.popFirst() else { return }
            if isNegated { match.exceptInterfaces.append(name) } else { match.interfaces = [name] }
        case "--dport", "--destination-port", "--dports", "--destination-ports":
            ports(option, isNegated)
        case "-m", "--match": words = words.dropFirst()
        case "--comment": match.comment = words.popFirst()
        case "--ctstate", "--state": state(option, isNegated)
        case "--dst-type":
            let type = words.popFirst() ?? ""
            if type != "LOCAL" || isNegated { unsupported(option, [type], isNegated) }
        case "-j", "--jump": target = words.popFirst() ?? ""
        case "-g", "--goto": target = words.popFirst() ?? ""
        case "--to-destination": destinations.append(words.popFirst() ?? "")
        case "--random", "--random-fully", "--persistent": break
        case "-c", "--set-counters": words = words.dropFirst(2)
        default: other(option, isNegated)
        }
    }

    private mutating func transport(_ isNegated: Bool) {
        let text = words.popFirst() ?? ""
        guard !isNegated else { return unsupported("-p", [text], true) }
        guard text != "all", text != "0" else { return }
        guard let transport = Reading.transport(text) else {
            match.refusal = match.refusal ?? .transport(text)
            return
        }
        match.transports = [transport]
    }

    private mutating func source(_ isNegated: Bool) {
        for text in (words.popFirst() ?? "").parts(",") {
            guard let prefix = Reading.prefix(text) else {
                match.refusal = match.refusal ?? .source(text)
                continue
            }
            if isNegated {
                match.exceptSources.append(prefix)
            } else {
                match.sources.append(prefix)
            }
        }
    }

    private mutating func destination(_ isNegated: Bool) {
        let text = words.popFirst() ?? ""
        guard !isNegated else { return unsupported("-d", [text], true) }
        for part in text.parts(",") {
            guard let prefix = Reading.prefix(part) else {
                match.refusal = match.refusal ?? .severalAddresses(part)
                continue
            }
            match.destinations.append(prefix)
        }
    }

    private mutating func ports(_ option: String, _ isNegated: Bool) {
        let text = words.popFirst() ?? ""
        guard !isNegated else { return unsupported(option, [text], true) }
        for part in text.parts(",") {
            guard let ports = Reading.ports(part, separator: ":") else {
                match.refusal = match.refusal ?? .condition("\(option) \(text)")
                continue
            }
            match.ports.append(ports)
        }
    }

    private mutating func state(_ option: String, _ isNegated: Bool) {
        let text = words.popFirst() ?? ""
        guard isNegated || !text.parts(",").contains("NEW") else { return }
        unsupported(option, [text], isNegated)
    }

    /// An option that has no counterpart, with the words that belong to it.
    private mutating func other(_ option: String, _ isNegated: Bool) {
        var values: [String] = []
        while let next = words.first, !next.hasPrefix("-"), next != "!" {
            values.append(next)
            words.removeFirst()
        }
        // What follows the target belongs to it.
        guard target == nil else { return }
        unsupported(option, values, isNegated)
    }

    private mutating func unsupported(_ option: String, _ values: [String], _ isNegated: Bool) {
        let text = ([option] + values).joined(separator: " ")
        match.unsupported.append(isNegated ? "! " + text : text)
    }

    private mutating func action() -> RuleAction {
        switch target {
        case nil: .nothing
        case "": .unreadable
        case "DNAT": translation()
        case "REDIRECT": .redirect
        case "MASQUERADE", "SNAT", "NETMAP": .sourceNAT
        case "ACCEPT": .accept
        case "RETURN": .returns
        case "LOG", "NFLOG", "ULOG": .log
        case .some(let name): isBuiltIn(name) ? .other(name) : .jump(name)
        }
    }

    private func isBuiltIn(_ name: String) -> Bool {
        [
            "DROP", "REJECT", "MARK", "CONNMARK", "TPROXY", "TCPMSS", "CT", "NOTRACK", "CLASSIFY",
            "QUEUE", "NFQUEUE", "SET", "DSCP", "TOS", "TTL", "HL", "TRACE", "AUDIT",
        ].contains(name)
    }

    /// `192.168.7.10:80`, `[2001:db8::10]:80`, `192.168.7.10:6000-6010/5000`.
    private mutating func translation() -> RuleAction {
        guard !destinations.isEmpty else { return .unreadable }
        var found: [Destination] = []
        for text in destinations {
            let plain = text.parts("/", atMost: 2)[0]
            if let destination = Reading.destination(plain) {
                found.append(destination)
            } else {
                let isRange = plain.contains("-")
                match.refusal = match.refusal ?? (isRange ? .severalTargets : .target(plain))
            }
        }
        return .dnat(found)
    }
}

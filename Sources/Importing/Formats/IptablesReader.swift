import Addressing
import Forwarding

/// Reads what `iptables-save` and `ip6tables-save` print, and the commands that such rules are made
/// with.
enum IptablesReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        var tables = Tables()
        for line in lines where !line.text.isEmpty && !line.text.hasPrefix("#") {
            read(line, &tables, &carriage)
        }
        for place in tables.all.indices { tables.all[place].rules.carry(into: &carriage) }
    }

    /// The tables in the order of the file; a name may come twice, once for each IP version.
    private struct Tables {
        var all: [(name: String, rules: Ruleset)] = []

        /// The newest table of a name; the newest of all when it has none.
        mutating func place(of name: String?) -> Int {
            let found = all.lastIndex { name == nil || $0.name == name }
            if let found { return found }
            all.append((name ?? "nat", Ruleset()))
            return all.count - 1
        }

        mutating func chain(_ chain: String, in place: Int) {
            let hooks: [String: RuleChain.Hook] = [
                "PREROUTING": .prerouting, "OUTPUT": .output, "POSTROUTING": .postrouting,
                "FORWARD": .forward, "INPUT": .input,
            ]
            all[place].rules.chain(chain, hook: hooks[chain], type: all[place].name)
        }
    }

    private static func read(
        _ line: SourceLine, _ tables: inout Tables, _ carriage: inout Carriage
    ) {
        if line.text.first == "*" {
            return tables.all.append((String(line.text.dropFirst()).trimmed, Ruleset()))
        }
        guard line.text != "COMMIT" else { return }
        if line.text.first == ":" {
            let words = line.text.dropFirst().blankSeparated
            guard words.count >= 2 else { return carriage.remark(line, .unreadable) }
            return declare(words[0], words[1], line, tables.place(of: nil), &tables, &carriage)
        }
        guard var words = quotedWords(line.text) else {
            return carriage.remark(line, .unreadable)
        }
        dropLead(&words)
        var table: String?
        if words.count >= 2, words[0] == "-t" || words[0] == "--table" {
            table = words[1]
            words.removeFirst(2)
        }
        guard words.count >= 2 else { return carriage.remark(line, .unreadable) }
        let place = tables.place(of: table)
        switch words[0] {
        case "-P", "--policy":
            let policy = words.count > 2 ? words[2] : ""
            declare(words[1], policy, line, place, &tables, &carriage)
        case "-N", "--new-chain": tables.chain(words[1], in: place)
        case "-A", "--append":
            tables.chain(words[1], in: place)
            var parser = IptablesRule(words: Array(words.dropFirst(2)))
            let (match, action) = parser.parse()
            let rule = FilterRule(line: line, match: match, action: action)
            tables.all[place].rules.append(rule, to: words[1])
        default: carriage.remark(line, .unreadable)
        }
    }

    /// The counters in front of a rule, or the name of the command.
    private static func dropLead(_ words: inout [String]) {
        if words.first?.first == "[" { words.removeFirst() }
        if words.first == "sudo" { words.removeFirst() }
        if let first = words.first, first.hasSuffix("iptables") || first.hasSuffix("ip6tables") {
            words.removeFirst()
        }
    }

    private static func declare(
        _ chain: String, _ policy: String, _ line: SourceLine, _ place: Int,
        _ tables: inout Tables, _ carriage: inout Carriage
    ) {
        tables.chain(chain, in: place)
        guard policy != "ACCEPT", policy != "-" else { return }
        carriage.remark(line, .policy(chain))
    }
}

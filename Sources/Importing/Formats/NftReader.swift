import Addressing

/// Reads what `nft list ruleset` prints.
enum NftReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        let statements = NftTokens.statements(lines)
        let sets = NftSets(statements)
        var parser = Parser(sets: sets)
        for (line, words) in statements { parser.read(line, words, &carriage) }
        for place in parser.tables.indices { parser.tables[place].carry(into: &carriage) }
    }

    private struct Parser {
        let sets: NftSets
        var tables: [Ruleset] = []
        private var table = ""
        private var chain: String?
        /// The other blocks that are open, such as a set.
        private var depth = 0
        private var isInTable = false

        init(sets: NftSets) { self.sets = sets }

        mutating func read(_ line: SourceLine, _ words: [String], _ carriage: inout Carriage) {
            if words == ["}"] { return close() }
            if words.count >= 3, words[0] == "table", words.last == "{" {
                (table, isInTable) = (words.dropFirst().dropLast().joined(separator: " "), true)
                tables.append(Ruleset())
            } else if words.count == 3, words[0] == "chain", words[2] == "{", isInTable {
                chain = words[1]
            } else if isInTable, chain == nil {
                readInTable(line, words, &carriage)
            } else if let chain, depth == 0 {
                readInChain(chain, line, words, &carriage)
            } else if words.last == "{" {
                depth += 1
            } else {
                carriage.remark(line, .unreadable)
            }
        }

        private mutating func close() {
            if depth > 0 {
                depth -= 1
            } else if chain != nil {
                // A chain without rules is there all the same.
                chain = nil
            } else {
                isInTable = false
            }
        }

        private mutating func readInTable(
            _ line: SourceLine, _ words: [String], _ carriage: inout Carriage
        ) {
            // Sets and maps were read before; flags and comments of tables mean nothing here.
            if words.last == "{" { depth += 1 }
            guard depth > 0, let first = words.first else { return }
            if ["flowtable", "quota", "limit", "ct", "synproxy", "secmark"].contains(first) {
                carriage.remark(line, .setting(words.dropLast().joined(separator: " ")))
            }
        }

        private mutating func readInChain(
            _ chain: String, _ line: SourceLine, _ words: [String], _ carriage: inout Carriage
        ) {
            let place = tables.count - 1
            if words.first == "type", words.contains("hook") {
                return declare(chain, words, line, place, &carriage)
            }
            tables[place].chain(chain, hook: nil, type: table)
            if words.first == "comment", words.count <= 3 { return }
            var rule = NftRule(words: words, sets: sets)
            let (match, action) = rule.parse()
            tables[place].append(
                FilterRule(line: line, match: match, action: action), to: chain)
        }

        /// `type nat hook prerouting priority dstnat; policy accept;`.
        private mutating func declare(
            _ chain: String, _ words: [String], _ line: SourceLine, _ place: Int,
            _ carriage: inout Carriage
        ) {
            let hooks: [String: RuleChain.Hook] = [
                "prerouting": .prerouting, "output": .output, "postrouting": .postrouting,
                "forward": .forward, "input": .input,
            ]
            let name = words.drop { $0 != "hook" }.dropFirst().first ?? ""
            let type = words.count > 1 ? words[1] : ""
            tables[place].chain(chain, hook: hooks[name] ?? .elsewhere, type: type)
            if words.contains("drop") { carriage.remark(line, .policy("chain \(chain)")) }
        }
    }
}

/// The named sets and maps of a ruleset.
struct NftSets {
    /// The words of the elements, by name.
    private var elements: [String: [String]] = [:]

    init(_ statements: [(line: SourceLine, words: [String])]) {
        var name: String?
        for (_, words) in statements {
            if words.count == 3, ["set", "map"].contains(words[0]), words[2] == "{" {
                name = words[1]
            } else if words.first == "chain" || words.first == "table" {
                name = nil
            } else if let name, words.first == "elements" {
                let inside = words.drop { $0 != "{" }.dropFirst()
                elements[name] = Array(inside.last == "}" ? inside.dropLast() : inside)
            }
        }
    }

    /// The words of `@name`; nil when it has no elements that are known.
    subscript(reference: String) -> [String]? { elements[String(reference.dropFirst())] }
}

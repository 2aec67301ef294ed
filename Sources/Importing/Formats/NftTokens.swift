/// Splits what `nft list ruleset` prints.
enum NftTokens {
    /// Words, quoted texts, and `{`, `}`, `,`, `;` each by itself; a comment ends the line.
    static func words(_ text: String) -> [String] {
        var (words, word, isQuoted): ([String], String, Bool) = ([], "", false)
        func flush() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for character in text {
            if isQuoted {
                if character == "\"" {
                    words.append(word)
                    (word, isQuoted) = ("", false)
                } else {
                    word.append(character)
                }
                continue
            }
            switch character {
            case "\"":
                flush()
                isQuoted = true
            case "#" where word.isEmpty: return words
            case " ", "\t", "\r", "\n":
                flush()
            case "{", "}", ",", ";":
                flush()
                words.append("\(character)")
            default: word.append(character)
            }
        }
        flush()
        return words
    }

    /// The lines of a ruleset; one whose braces are open goes on in the next, unless it opens a block.
    static func statements(_ lines: [SourceLine]) -> [(line: SourceLine, words: [String])] {
        var statements: [(line: SourceLine, words: [String])] = []
        var open: (line: SourceLine, words: [String], depth: Int)?
        for line in lines {
            let words = words(line.text)
            guard !words.isEmpty else { continue }
            let isFirst = open == nil
            var statement = open ?? (line, [], 0)
            // The words are not copied for each line of a long set.
            open = nil
            statement.words += words
            statement.depth += words.count { $0 == "{" } - words.count { $0 == "}" }
            statement.line.last = line.number
            let isBlock = isFirst && words.last == "{" && isBlock(words)
            if statement.depth > 0, !isBlock {
                open = statement
            } else {
                statements.append((statement.line, statement.words))
            }
        }
        if let open { statements.append((open.line, open.words)) }
        return statements
    }

    private static func isBlock(_ words: [String]) -> Bool {
        let blocks: Set<String> = [
            "table", "chain", "set", "map", "flowtable", "counter", "quota", "limit", "ct",
            "synproxy", "secmark",
        ]
        return words.first.map(blocks.contains) ?? false
    }
}

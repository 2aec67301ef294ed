/// A directive of nginx with its block.
struct NginxDirective {
    var words: [String]
    /// From its first word to its semicolon or closing brace.
    var line: SourceLine
    var block: [NginxDirective]?

    var name: String { words.first ?? "" }

    /// Why it is no part of a forward.
    var leftOut: Reason {
        let value = words.dropFirst().joined(separator: " ")
        return name == "include" ? .include(value) : .setting(words.joined(separator: " "))
    }

    func all(_ name: String) -> [NginxDirective] { (block ?? []).filter { $0.name == name } }

    /// No configuration nests further; blocks within blocks are followed on the stack.
    private static let deepest = 64

    /// The directives of a file; `loose` are lines that belong to none.
    static func read(_ lines: [SourceLine]) -> (directives: [NginxDirective], loose: [SourceLine]) {
        // The innermost open block is the last one.
        var (stack, words, loose): ([NginxDirective], [String], [SourceLine]) = ([], [], [])
        var (top, start, tooDeep): ([NginxDirective], SourceLine?, Int) = ([], nil, 0)
        func closed(_ directive: NginxDirective) {
            if stack.isEmpty {
                top.append(directive)
            } else {
                stack[stack.count - 1].block?.append(directive)
            }
        }
        for line in lines {
            for word in tokens(line.text) {
                switch word {
                case .word(let text):
                    start = start ?? line
                    words.append(text)
                case .end:
                    if let start { closed(Self(words: words, line: start.through(line.number))) }
                    (words, start) = ([], nil)
                case .open where stack.count >= deepest:
                    if loose.last != line { loose.append(line) }
                    tooDeep += 1
                    (words, start) = ([], nil)
                case .close where tooDeep > 0:
                    tooDeep -= 1
                    (words, start) = ([], nil)
                case .open:
                    stack.append(Self(words: words, line: start ?? line, block: []))
                    (words, start) = ([], nil)
                case .close:
                    if let start { loose.append(start.through(line.number)) }
                    (words, start) = ([], nil)
                    guard var done = stack.popLast() else {
                        loose.append(line)
                        continue
                    }
                    done.line = done.line.through(line.number)
                    closed(done)
                }
            }
        }
        if let start { loose.append(start) }
        while var open = stack.popLast() {
            open.line = open.line.through(open.block?.last?.line.last ?? open.line.number)
            closed(open)
        }
        return (top, loose)
    }

    private enum Token {
        case word(String), end, open, close
    }

    private static func tokens(_ text: String) -> [Token] {
        var (tokens, word, quote): ([Token], String?, Character?) = ([], nil, nil)
        func flush() {
            if let word { tokens.append(.word(word)) }
            word = nil
        }
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word.add(character) }
                continue
            }
            switch character {
            case "#" where word == nil: return tokens
            case "\"", "'": (quote, word) = (character, word ?? "")
            case " ", "\t": flush()
            case ";":
                flush()
                tokens.append(.end)
            case "{" where word?.last != "$":
                flush()
                tokens.append(.open)
            case "}" where !(word ?? "").contains("${"):
                flush()
                tokens.append(.close)
            default: word.add(character)
            }
        }
        flush()
        return tokens
    }
}

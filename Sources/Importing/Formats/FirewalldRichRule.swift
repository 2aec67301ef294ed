import Addressing

/// `rule family="ipv4" source address="…" forward-port port="80" protocol="tcp" to-port="8080"
/// to-addr="…"`.
struct FirewalldRichRule {
    /// Empty when it cannot be split.
    private let words: [String]

    init(_ text: String) { words = quotedWords(text) ?? [] }

    func carry(_ zone: FirewalldZone, _ line: SourceLine, _ carriage: inout Carriage) {
        guard !words.isEmpty else { return carriage.remark(line, .unreadable) }
        guard words.contains("forward-port") else {
            return carriage.remark(line, words.contains("masquerade") ? .sourceNAT : .gatewayRule)
        }
        var (terms, sources, element): ([String: String], [Prefix], String) = ([:], [], "rule")
        for word in words.dropFirst() {
            let pair = word.parts("=", atMost: 2)
            guard pair.count == 2 else {
                element = word
                guard ["source", "forward-port"].contains(word) else {
                    return carriage.remark(line, .condition(word))
                }
                continue
            }
            switch (element, pair[0]) {
            case ("source", "address"):
                guard let prefix = Reading.prefix(pair[1]) else {
                    return carriage.remark(line, .source(pair[1]))
                }
                sources.append(prefix)
            case ("rule", "family"), ("rule", "priority"): continue
            case ("forward-port", let key): terms[Self.key(key)] = pair[1]
            default: return carriage.remark(line, .condition(word))
            }
        }
        zone.carry(terms, sources, line, &carriage)
    }

    /// The rich language and the XML file spell the keys otherwise than the list does.
    static func key(_ key: String) -> String {
        ["protocol": "proto", "to-port": "toport", "to-addr": "toaddr"][key] ?? key
    }
}

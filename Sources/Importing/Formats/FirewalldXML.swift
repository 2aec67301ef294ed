import Addressing

/// The XML file of a zone of firewalld.
enum FirewalldXML {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        let tags = XMLTag.all(lines)
        var zone = FirewalldZone()
        for tag in tags where !tag.isEnd {
            if tag.name == "interface", let name = tag["name"] { zone.interfaces.append(name) }
            if tag.name == "source", !tag.isIn("rule") {
                zone.sources += [tag["address"].flatMap(Reading.prefix)].compactMap(\.self)
            }
        }
        if let short = tags.first(where: { $0.name == "short" }) { zone.name = short.text }
        var rule: XMLRule?
        for tag in tags {
            if tag.name == "rule" {
                if tag.isEnd {
                    rule?.carry(zone, &carriage)
                    rule = nil
                } else if !tag.isEmpty {
                    rule = XMLRule(line: tag.line, parts: [])
                }
                continue
            }
            if rule != nil {
                rule?.parts.append(tag)
            } else {
                carry(tag, zone, &carriage)
            }
        }
        rule?.carry(zone, &carriage)
    }

    private static func carry(
        _ tag: XMLTag, _ zone: FirewalldZone, _ carriage: inout Carriage
    ) {
        guard !tag.isEnd else { return }
        switch tag.name {
        case "?xml", "short", "description", "interface", "forward": break
        case "zone":
            let isUsual = tag["target"] == nil || tag["target"] == "default"
            if !isUsual { carriage.remark(tag.line, .policy(zone.name)) }
        case "forward-port": zone.carry(tag.terms, [], tag.line, &carriage)
        case "masquerade": carriage.remark(tag.line, .sourceNAT)
        case "source":
            let isRead = tag["address"].flatMap(Reading.prefix) != nil
            if !isRead || !zone.interfaces.isEmpty {
                carriage.remark(tag.line, .setting(tag.line.text))
            }
        default: carriage.remark(tag.line, .gatewayRule)
        }
    }
}

/// A `<rule>` with what stands in it.
private struct XMLRule {
    var line: SourceLine
    var parts: [XMLTag]

    func carry(_ zone: FirewalldZone, _ carriage: inout Carriage) {
        let line = line.through(parts.last?.line.number ?? line.number)
        let open = parts.filter { !$0.isEnd }
        guard let port = open.first(where: { $0.name == "forward-port" }) else {
            let isNAT = open.contains { $0.name == "masquerade" }
            return carriage.remark(line, isNAT ? .sourceNAT : .gatewayRule)
        }
        var sources: [Prefix] = []
        for part in open where part.name != "forward-port" {
            guard part.name == "source", part["invert"] == nil,
                let prefix = part["address"].flatMap(Reading.prefix)
            else { return carriage.remark(line, .condition(part.line.text)) }
            sources.append(prefix)
        }
        zone.carry(port.terms, sources, line, &carriage)
    }
}

/// A tag with its attributes; the text behind it up to the next one.
private struct XMLTag {
    var name: String
    var isEnd = false
    var isEmpty = false
    var attributes: [String: String] = [:]
    var line: SourceLine
    var text = ""
    /// The names of the elements around it.
    var path: [String] = []

    subscript(key: String) -> String? { attributes[key] }

    func isIn(_ name: String) -> Bool { path.contains(name) }

    /// The attributes, with the keys of the list.
    var terms: [String: String] {
        attributes.reduce(into: [:]) { $0[FirewalldRichRule.key($1.key)] = $1.value }
    }

    static func all(_ lines: [SourceLine]) -> [XMLTag] {
        var (tags, open): ([XMLTag], [String]) = ([], [])
        for (start, text) in pieces(lines) {
            let parts = text.parts(">", atMost: 2)
            var tag = XMLTag(name: "", line: start)
            tag.read(parts[0])
            tag.text = parts.count == 2 ? parts[1].trimmed : ""
            if tag.isEnd, open.last == tag.name { open.removeLast() }
            tag.path = open
            let isNode = !tag.isEnd && !tag.isEmpty && tag.name.first != "?"
            if isNode, open.count < 64 { open.append(tag.name) }
            tags.append(tag)
        }
        return tags
    }

    /// What stands between one `<` and the next, comments left out, and the line that it begins on.
    private static func pieces(_ lines: [SourceLine]) -> [(SourceLine, String)] {
        var (pieces, isComment): ([(SourceLine, String)], Bool) = ([], false)
        for line in lines {
            for (place, part) in line.text.parts("<").enumerated() {
                if isComment || (place > 0 && part.hasPrefix("!--")) {
                    isComment = !part.contains("-->")
                } else if place > 0 {
                    pieces.append((line, part))
                } else if !pieces.isEmpty {
                    pieces[pieces.count - 1].1 += " " + part
                }
            }
        }
        return pieces
    }

    private mutating func read(_ text: String) {
        var text = text.trimmed
        if text.hasSuffix("/") {
            text.removeLast()
            isEmpty = true
        }
        let words = quotedWords(text) ?? text.blankSeparated
        name = words.first ?? ""
        if name.hasPrefix("/") {
            name.removeFirst()
            isEnd = true
        }
        for word in words.dropFirst() {
            let pair = word.parts("=", atMost: 2)
            if pair.count == 2 { attributes[pair[0]] = pair[1] }
        }
    }
}

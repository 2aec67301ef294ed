import Addressing
import Forwarding

/// Reads `/etc/config/firewall` of OpenWrt: redirects, and rules that let IPv6 through to a device.
enum OpenWrtReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        let sections = UCISection.all(lines, &carriage)
        // Where the zone masquerades, the outside begins.
        var outside: Set<String> = ["wan", "wan6"]
        for zone in sections where zone.type == "zone" && zone["masq"] == "1" {
            if let name = zone["name"] { outside.insert(name) }
        }
        for section in sections {
            switch section.type {
            case "redirect": OpenWrtRedirect(section, outside).carry(&carriage)
            case "rule": OpenWrtRule(section, outside).carry(&carriage)
            case "include":
                carriage.remark(section.line, .include(section["path"] ?? "another file"))
            default: carriage.remark(section.line, .section("\"\(section.type)\""))
            }
        }
    }
}

/// A section of a UCI file.
struct UCISection {
    var type: String
    /// From its head to its last option.
    var line: SourceLine
    var options: [Option] = []

    struct Option {
        var key: String
        var values: [String]
        var line: SourceLine
    }

    /// The value of an option; of a list its first.
    subscript(key: String) -> String? { options.first { $0.key == key }?.values.first }

    /// All values of an option or a list; a text with blanks is several.
    func list(_ key: String) -> [String] {
        options.filter { $0.key == key }.flatMap(\.values).flatMap(\.blankSeparated)
    }

    static func all(_ lines: [SourceLine], _ carriage: inout Carriage) -> [UCISection] {
        var sections: [UCISection] = []
        for line in lines where !line.text.isEmpty && line.text.first != "#" {
            let words = quotedWords(line.text) ?? []
            switch words.first {
            case "config" where words.count >= 2:
                sections.append(UCISection(type: words[1], line: line))
                // A section may have a name, which is one more value.
                guard words.count > 2 else { continue }
                sections[sections.count - 1].options.append(
                    Option(key: ".name", values: [words[2]], line: line))
            case "option" where words.count >= 3 && !sections.isEmpty,
                "list" where words.count >= 3 && !sections.isEmpty:
                let option = Option(
                    key: words[1], values: [words[2...].joined(separator: " ")], line: line)
                sections[sections.count - 1].options.append(option)
                let head = sections[sections.count - 1].line
                sections[sections.count - 1].line = head.through(line.number)
            case "package" where words.count == 2: continue
            default: carriage.remark(line, .unreadable)
            }
        }
        return sections
    }
}

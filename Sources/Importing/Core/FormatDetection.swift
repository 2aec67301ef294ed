extension ImportFormat {
    /// The one format that a text can be; nil when it looks like none, or like several.
    package static func detect(_ text: String) -> ImportFormat? {
        let lines = text.utf8.split(separator: 10).prefix(10_000).lazy
            .map { Substring($0).trimmed }.filter { !$0.isEmpty }
        let sample = Array(lines)
        let found = allCases.filter { $0.looksLike(sample) }
        return found.count == 1 ? found[0] : nil
    }

    private func looksLike(_ lines: [String]) -> Bool {
        let telling = lines.filter { $0.first != "#" }
        switch self {
        case .iptables: return telling.contains { Self.isIptables($0) }
        case .nft:
            return telling.contains { $0.hasPrefix("table ") && $0.contains("{") }
        case .openwrt:
            return telling.contains { $0.hasPrefix("config ") }
                && telling.contains { $0.hasPrefix("option ") || $0.hasPrefix("list ") }
        case .docker:
            return telling.contains { $0.hasPrefix("CONTAINER ID") || Self.isPublish($0) }
        case .firewalld:
            let marks = ["<zone", "forward-ports:", "rich rules:"]
            return telling.contains { line in marks.contains(where: line.hasPrefix) }
        case .miniupnpd: return telling.contains { Self.isLease($0) }
        case .rinetd: return telling.contains { Self.isRinetd($0) }
        case .haproxy: return telling.contains { Self.isHAProxy($0) }
        case .nginx: return telling.contains { Self.isNginx($0) }
        }
    }

    private static func isIptables(_ line: String) -> Bool {
        ["*nat", "*filter", "*mangle", "*raw", "*security"].contains(line)
            || line.hasPrefix("-A ") || line.hasPrefix("iptables ") || line.hasPrefix("ip6tables ")
    }

    private static func isPublish(_ line: String) -> Bool {
        guard line.contains("->"), !line.hasSuffix(";") else { return false }
        return line.contains("/tcp") || line.contains("/udp") || line.contains("/sctp")
    }

    private static func isLease(_ line: String) -> Bool {
        let parts = line.parts(":", atMost: 6)
        return parts.count >= 5 && ["TCP", "UDP"].contains(parts[0])
            && Reading.port(parts[1]) != nil
    }

    /// `address port address port`.
    private static func isRinetd(_ line: String) -> Bool {
        let words = line.blankSeparated
        guard words.count >= 4, words[0].contains(".") || words[0].contains(":") else {
            return false
        }
        return [words[1], words[3]].allSatisfy { Reading.port($0.parts("/", atMost: 2)[0]) != nil }
    }

    private static func isHAProxy(_ line: String) -> Bool {
        let words = line.blankSeparated
        guard let first = words.first, !line.hasSuffix(";"), !line.hasSuffix("{") else {
            return false
        }
        let named = ["frontend", "backend", "listen"].contains(first) && words.count == 2
        return named || (words == ["defaults"]) || (words == ["global"])
    }

    private static func isNginx(_ line: String) -> Bool {
        let words = line.replacing("{", with: " {").blankSeparated
        guard let first = words.first, words.contains("{") else { return false }
        return ["stream", "server", "upstream", "http", "events"].contains(first)
    }
}

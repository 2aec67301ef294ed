/// Metrics as OpenMetrics 1.0 spells them: families with type, unit and help, samples, an end.
struct OpenMetricsText {
    private(set) var text = ""

    enum Kind: String {
        case counter, gauge, info
    }

    /// - Parameter unit: the last word of the name, as Prometheus advises; nil for a bare number.
    mutating func family(_ name: String, _ kind: Kind, unit: String? = nil, help: String) {
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(help)\n"
    }

    /// - Parameter labels: values are escaped; names are ours.
    mutating func sample(
        _ name: String, _ labels: [(name: String, value: String)], _ value: some Numeric
    ) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    mutating func end() { text += "# EOF\n" }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else {
            return value
        }
        return value.flatMap { character -> [Character] in
            switch character {
            case "\"": ["\\", "\""]
            case "\\": ["\\", "\\"]
            case "\n": ["\\", "n"]
            default: [character]
            }
        }.reduce(into: "") { $0.append($1) }
    }
}

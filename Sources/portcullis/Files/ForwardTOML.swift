import ControlModel
import Forwarding

/// A forward as a `[[forward]]` table, keys in the order of the manual.
enum ForwardTOML {
    static func text(_ body: ForwardBody) -> String {
        var lines = ["[[forward]]"]
        func string(_ key: String, _ value: String?) {
            if let value { lines.append("\(key) = \(quoted(value))") }
        }
        func list(_ key: String, _ values: [String]?) {
            guard let values else { return }
            lines.append("\(key) = [\(values.map(quoted).joined(separator: ", "))]")
        }
        func flag(_ key: String, _ value: Bool?) {
            if let value { lines.append("\(key) = \(value)") }
        }
        string("name", body.name)
        string("external", body.external)
        string("on", body.on)
        string("at", body.at)
        string("to", body.to)
        list("allow", body.allow)
        list("deny", body.deny)
        flag("hairpin", body.hairpin)
        string("source", body.source)
        flag("nat6", body.nat6)
        string("ends", body.ends)
        string("schedule", body.schedule)
        string("when_closed", body.whenClosed)
        string("max_connections", body.maxConnections)
        string("max_connections_per_source", body.maxConnectionsPerSource)
        string("max_rate", body.maxRate)
        string("max_rate_per_source", body.maxRatePerSource)
        string("monthly", body.monthly)
        string("bandwidth", body.bandwidth)
        for (field, values) in body.relay.written {
            if ForwardSpelling.relayLists.contains(field) {
                list(field.rawValue, values)
            } else if field == ForwardSpelling.relaySwitch {
                flag(field.rawValue, values == ["true"])
            } else {
                string(field.rawValue, values.first)
            }
        }
        flag("upstream", body.upstream)
        flag("enabled", body.enabled)
        string("comment", body.comment)
        return lines.joined(separator: "\n") + "\n"
    }

    /// A basic string of TOML 1.0.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default:
                guard scalar.value >= 0x20, scalar.value != 0x7f else {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    continue
                }
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

import Addressing
import Forwarding

/// What only a relay keeps in one column, as keys and values of the file, a list with its key for
/// each part: `proxy=v2 also=192.168.7.11:443 also=unix:/run/app.sock`.
enum RelayColumn {
    static func text(_ terms: RelayTerms) -> String {
        guard terms != .none else { return "" }
        return terms.spelled.flatMap { field, values in
            values.map { "\(field.rawValue)=\(masked($0))" }
        }.joined(separator: " ")
    }

    /// Nil for what cannot be read.
    static func terms(_ text: String, external: PortRange) -> RelayTerms? {
        guard !text.isEmpty else { return RelayTerms.none }
        var written: [(field: Refusal.Field, values: [String])] = []
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let field = Refusal.Field(rawValue: parts[0])
            else { return nil }
            let value = unmasked(parts[1])
            if written.last?.field == field {
                written[written.count - 1].values.append(value)
            } else {
                written.append((field, [value]))
            }
        }
        var terms = RelayTerms.none
        for (field, values) in written {
            guard (try? terms.set(field, values, external: external)) != nil else { return nil }
        }
        return terms
    }

    /// Spaces part the words: within one they are written as in a URL.
    private static func masked(_ value: String) -> String {
        value.replacing("%", with: "%25").replacing(" ", with: "%20")
    }

    private static func unmasked(_ value: String) -> String {
        value.replacing("%20", with: " ").replacing("%25", with: "%")
    }
}

import Addressing
package import Forwarding

/// The keys of a forward that only a relay keeps; they stand among its other keys.
package struct RelayBody: Codable, Hashable, Sendable {
    /// Lists have any number of values, everything else has one.
    private var values: [Refusal.Field: [String]] = [:]

    package init() {}

    package init(_ terms: RelayTerms) {
        for (field, values) in terms.spelled where field != .source { self.values[field] = values }
    }

    package static let keys = ForwardSpelling.relayFields.map(\.rawValue)

    package var isEmpty: Bool { values.isEmpty }

    /// What was written for a key; nil where nothing was.
    package subscript(field: Refusal.Field) -> String? {
        get { values[field]?.first }
        set { values[field] = newValue.map { [$0] } }
    }

    package subscript(list field: Refusal.Field) -> [String]? {
        get { values[field] }
        set { values[field] = newValue }
    }

    /// What was written, in the order of the manual.
    package var written: [(field: Refusal.Field, values: [String])] {
        ForwardSpelling.relayFields.compactMap { field in values[field].map { (field, $0) } }
    }

    /// What it makes of terms: keys that are absent leave theirs as they are.
    func terms(
        from former: RelayTerms, external: PortRange
    ) throws(Refusal) -> RelayTerms {
        var terms = former
        for (field, values) in written { try terms.set(field, values, external: external) }
        return terms
    }
}

extension RelayBody {
    private struct Key: CodingKey {
        let field: Refusal.Field

        init(_ field: Refusal.Field) { self.field = field }

        init?(stringValue: String) {
            guard let field = Self.fields[stringValue] else { return nil }
            self.field = field
        }

        init?(intValue: Int) { nil }

        private static let fields = Dictionary(
            uniqueKeysWithValues: ForwardSpelling.relayFields.map { ($0.rawValue, $0) })

        var stringValue: String { field.rawValue }
        var intValue: Int? { nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        // Most forwards have none of them, and a file may have 60,000 forwards.
        for key in container.allKeys {
            let field = key.field
            if ForwardSpelling.relayLists.contains(field) {
                values[field] = try container.decodeIfPresent([String].self, forKey: key)
            } else if field == ForwardSpelling.relaySwitch {
                self[field] = try container.decodeIfPresent(Bool.self, forKey: key).map { "\($0)" }
            } else {
                self[field] = try container.decodeIfPresent(String.self, forKey: key)
            }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (field, values) in written {
            if ForwardSpelling.relayLists.contains(field) {
                try container.encode(values, forKey: Key(field))
            } else if field == ForwardSpelling.relaySwitch {
                try container.encode(values == ["true"], forKey: Key(field))
            } else {
                try container.encode(values.first, forKey: Key(field))
            }
        }
    }
}

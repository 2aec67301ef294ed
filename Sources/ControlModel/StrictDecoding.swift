import Forwarding

extension Decoder {
    /// Refuses a key that nobody reads, naming the nearest one that somebody does: a typing mistake
    /// must not pass as an absent setting.
    package func refuseKeys(otherThan known: [String]) throws {
        let keys = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let stranger = keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw Refusal(
            field: .body, value: (codingPath + [AnyKey(stringValue: stranger)]).spelled,
            problem: .unknownKey(nearest: nearestName(to: stranger, among: known)))
    }
}

extension [any CodingKey] {
    /// `forwards number 2 external`: where a value stands, as people count.
    package var spelled: String {
        map { key in key.intValue.map { "number \($0 + 1)" } ?? key.stringValue }
            .joined(separator: " ")
    }
}

/// That a value should be of a decoder's type, in the words of people who write files.
package func expectation(ofType name: some StringProtocol) -> String {
    let kinds = [
        ("String", "text in quotes"), ("Bool", "true or false"), ("Int", "a whole number"),
        ("Dictionary", "a group of keys"), ("TOMLTable", "a group of keys"), ("Array", "a list"),
        ("TOMLArray", "a list"),
    ]
    let kind = kinds.first { name.hasPrefix($0.0) }?.1
    return "should be \(kind ?? "of another kind")"
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init(stringValue: String) { self.stringValue = stringValue }

    init(intValue: Int) {
        self.intValue = intValue
        stringValue = "\(intValue)"
    }
}

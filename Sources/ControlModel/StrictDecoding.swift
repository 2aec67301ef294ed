import Forwarding

extension Decoder {
    /// Refuses a key that nobody reads, naming the nearest one that somebody does: a typing mistake
    /// must not pass as an absent setting.
    package func refuseKeys(otherThan known: [String]) throws {
        let keys = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let stranger = keys.sorted().first(where: { !known.contains($0) }) else { return }
        let place = codingPath.map { key in
            key.intValue.map { "number \($0 + 1)" } ?? key.stringValue
        }
        let path = (place + [stranger]).joined(separator: " ")
        throw Refusal(
            field: .body, value: path,
            problem: .unknownKey(nearest: nearestName(to: stranger, among: known)))
    }
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

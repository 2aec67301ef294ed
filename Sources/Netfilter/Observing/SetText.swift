import Netlink

/// Sets in words: named ones by their name, others by what is in them.
enum SetText {
    private static let most = 8

    /// `fields` says where each field begins in a key, and what it is.
    static func text(
        _ set: ForeignSet?, _ name: String, _ fields: [(place: Int, kind: ValueText.Kind)]
    ) -> String {
        guard let set, set.declaration.isAnonymous else { return "@" + name }
        let shown = entries(set).prefix(most).map { entry in
            let key = keyText(entry.0, fields)
            let last = entry.1.map { "-" + keyText($0, fields) } ?? ""
            return key + (last == "-" + key ? "" : last) + valueText(entry.2)
        }
        let more = set.elements.count > most ? ", …" : ""
        return "{ \(shown.joined(separator: ", "))\(more) }"
    }

    private typealias Entry = ([UInt8], [UInt8]?, DumpedForeignElement.Value)

    /// Keys in order, intervals with their last key.
    private static func entries(_ set: ForeignSet) -> [Entry] {
        let sorted = set.elements.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let ends = sorted.filter(\.endsInterval)
        return sorted.filter { !$0.endsInterval }.map { element in
            guard set.declaration.isInterval, element.keyEnd == nil else {
                return (element.key, element.keyEnd, element.value)
            }
            let end = ends.first { element.key.lexicographicallyPrecedes($0.key) }
            let last = end.map { before($0.key) } ?? element.key.map { _ in 0xff }
            return (element.key, last, element.value)
        }
    }

    private static func before(_ key: [UInt8]) -> [UInt8] {
        var key = key
        for place in key.indices.reversed() {
            key[place] &-= 1
            if key[place] != 0xff { break }
        }
        return key
    }

    private static func keyText(
        _ key: [UInt8], _ fields: [(place: Int, kind: ValueText.Kind)]
    ) -> String {
        guard !key.isEmpty else { return "*" }
        guard fields.count > 1 else { return ValueText.text(key, fields.first?.kind ?? .plain) }
        var texts: [String] = []
        for (number, field) in fields.enumerated() {
            let end = number + 1 < fields.count ? fields[number + 1].place : key.count
            guard field.place < end, end <= key.count else { continue }
            var bytes = Array(key[field.place..<end])
            // Fields are padded to four bytes.
            if field.kind == .port { bytes = Array(bytes.prefix(2)) }
            if field.kind == .transport || field.kind == .family { bytes = Array(bytes.prefix(1)) }
            texts.append(ValueText.text(bytes, field.kind))
        }
        return texts.joined(separator: " . ")
    }

    private static func valueText(_ value: DumpedForeignElement.Value) -> String {
        switch value {
        case .none: ""
        case .bytes(let bytes): " : " + ValueText.hex(bytes)
        case .verdict(let verdict): " : " + verdict.text
        }
    }
}

/// The lines of a TOML file, for telling a person where a key stands.
struct FileLines {
    private let lines: [Substring]

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// The line, counted from 1, of a key such as `forward number 2 external` or `network wan`.
    ///
    /// It is the first that begins with the key, from the head of its table on; nil for a key that
    /// stands in a line with others.
    func number(of path: String) -> Int? {
        var words = path.split(separator: " ")
        // An element of a list stands where the list does.
        while words.count > 3, words[words.count - 2] == "number" { words.removeLast(2) }
        guard let key = words.last else { return nil }
        let start = head(of: words) ?? lines.startIndex
        let place = lines[start...].firstIndex { line in
            let text = line.drop { " \t[\"".contains($0) }
            return text.hasPrefix(key)
                && text.dropFirst(key.count).first.map { " \t=]\".".contains($0) } ?? true
        }
        return place.map { $0 + 1 }
    }

    private func head(of words: [Substring]) -> Int? {
        guard words.count > 1 else { return nil }
        let number = words.count > 3 && words[1] == "number" ? Int(words[2]) : nil
        let head = number == nil ? "[\(words[0])]" : "[[\(words[0])]]"
        let heads = lines.indices.filter { place in
            lines[place].filter { !$0.isWhitespace }.hasPrefix(head)
        }
        return heads.dropFirst((number ?? 1) - 1).first
    }
}

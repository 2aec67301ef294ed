/// A line of a file, or several that belong together.
struct SourceLine: Hashable, Sendable {
    /// Counted from 1.
    let number: Int
    /// The last of the lines; the same number for a single one.
    var last: Int
    /// Without the white space around it.
    let text: String

    init(_ number: Int, _ text: some StringProtocol, last: Int? = nil) {
        self.number = number
        self.last = last ?? number
        self.text = text.trimmed
    }

    /// The lines between line feeds; a carriage return before one is no part of the line.
    static func all(of text: String) -> [SourceLine] {
        text.utf8.split(separator: 10, omittingEmptySubsequences: false)
            .enumerated().map { SourceLine($0 + 1, Substring($1)) }
    }

    /// The words between blanks.
    var words: [String] { text.blankSeparated }

    /// The same start, with an end further down.
    func through(_ last: Int) -> SourceLine {
        var line = self
        line.last = max(number, last)
        return line
    }
}

extension StringProtocol {
    /// Without blanks, tabs and carriage returns at both ends.
    var trimmed: String {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 }
        let bytes = Array(utf8)
        guard let start = bytes.firstIndex(where: { !isBlank($0) }),
            let end = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }

    /// The words between blanks and tabs.
    var blankSeparated: [String] {
        utf8.split { $0 == 32 || $0 == 9 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The parts between one character, empty ones too.
    func parts(_ separator: Character, atMost count: Int = .max) -> [String] {
        let splits = Swift.max(0, count - 1)
        return split(separator: separator, maxSplits: splits, omittingEmptySubsequences: false)
            .map { String($0) }
    }
}

/// Splits a line into words as a shell does: quotation marks hold words together.
///
/// Nil when a mark is never closed.
func quotedWords(_ text: String) -> [String]? {
    var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
    var isEscaped = false
    for character in text {
        if isEscaped {
            word.add(character)
            isEscaped = false
        } else if character == "\\", quote != "'" {
            isEscaped = true
        } else if let open = quote {
            if character == open { quote = nil } else { word.add(character) }
        } else if character == "\"" || character == "'" {
            (quote, word) = (character, word ?? "")
        } else if character == " " || character == "\t" {
            if let done = word { words.append(done) }
            word = nil
        } else {
            word.add(character)
        }
    }
    return quote == nil ? words + [word].compactMap(\.self) : nil
}

extension String? {
    /// Begins a word, or goes on with it.
    mutating func add(_ character: Character) {
        if self == nil { self = "" }
        self?.append(character)
    }
}

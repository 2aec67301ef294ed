/// The bytes of a document and a place in them: pieces of its grammar.
struct XMLScanner: Sendable {
    private let bytes: [UInt8]
    private let limits: XMLLimits
    private var place = 0

    init(_ bytes: [UInt8], limits: XMLLimits) throws(XMLError) {
        guard String(validating: bytes, as: UTF8.self) != nil,
            !bytes.contains(where: { $0 < 0x20 && !Self.isBlank($0) }), !Self.hasNoncharacter(bytes)
        else { throw .character }
        (self.bytes, self.limits) = (bytes, limits)
        _ = take("\u{feff}")
    }

    var isAtEnd: Bool { place == bytes.count }
    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }
    var isAtName: Bool { peek.map(XMLName.isPart) == true }
    /// What is wrong where something else had to stand.
    var unexpected: XMLError { isAtEnd ? .truncated : .syntax }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    /// U+FFFE and U+FFFF (XML 1.0 section 2.2).
    private static func hasNoncharacter(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { place in
            bytes[place] == 0xef && bytes[place + 1] == 0xbf && bytes[place + 2] >= 0xbe
        }
    }

    /// Whether `word` stands here; then it is passed.
    mutating func take(_ word: String) -> Bool {
        guard bytes[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    @discardableResult
    mutating func passBlanks() -> Bool {
        while let byte = peek, Self.isBlank(byte) { place += 1 }
        return true
    }

    mutating func pass(through end: String) throws(XMLError) {
        _ = try upTo(end)
    }

    /// What stands in front of `end`, which is passed too.
    private mutating func upTo(_ end: String) throws(XMLError) -> Range<Int> {
        let (start, mark) = (place, Array(end.utf8))
        while place + mark.count <= bytes.count {
            if bytes[place] == mark[0], bytes[place...].starts(with: mark) {
                defer { place += mark.count }
                return start..<place
            }
            place += 1
        }
        throw .truncated
    }
}

extension XMLScanner {
    /// The first line, if there is one: of it only the encoding counts.
    ///
    /// Some routers have blanks in front of it.
    mutating func passDeclaration() throws(XMLError) {
        passBlanks()
        guard bytes[place...].starts(with: "<?xml".utf8), place + 5 < bytes.count,
            Self.isBlank(bytes[place + 5])
        else { return }
        place += 5
        while passBlanks(), !take("?>") {
            let name = try name()
            let value = try attributeValue()
            guard name.local == "encoding" else { continue }
            guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(value.lowercased()) else {
                throw .encoding
            }
        }
    }

    /// What follows `<?`; a declaration is none (section 2.6).
    mutating func passInstruction() throws(XMLError) {
        guard try name().local.lowercased() != "xml" else { throw .syntax }
        try pass(through: "?>")
    }

    mutating func name() throws(XMLError) -> XMLName {
        let start = place
        while isAtName { place += 1 }
        guard place > start else { throw unexpected }
        guard place - start <= limits.name else { throw .nameTooLong }
        guard let name = XMLName(bytes[start..<place]) else { throw .syntax }
        return name
    }

    /// An equals sign and a text in quotation marks of either kind.
    mutating func attributeValue() throws(XMLError) -> String {
        passBlanks()
        guard take("=") else { throw unexpected }
        passBlanks()
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw unexpected
        }
        place += 1
        let range = try upTo(String(UnicodeScalar(quote)))
        guard range.count <= limits.text else { throw .textTooLong }
        guard !bytes[range].contains(UInt8(ascii: "<")) else { throw .syntax }
        return try decoded(range)
    }

    /// Everything up to the next markup.
    mutating func text() throws(XMLError) -> String {
        let start = place
        while let byte = peek, byte != UInt8(ascii: "<") { place += 1 }
        return try decoded(start..<place)
    }

    /// As it stands, without references.
    mutating func literal(before end: String) throws(XMLError) -> String {
        let range = try upTo(end)
        var found: [UInt8] = []
        for place in range { append(place, to: &found) }
        return String(decoding: found, as: UTF8.self)
    }

    private func decoded(_ range: Range<Int>) throws(XMLError) -> String {
        var found: [UInt8] = []
        var place = range.lowerBound
        while place < range.upperBound {
            guard bytes[place] == UInt8(ascii: "&") else {
                append(place, to: &found)
                place += 1
                continue
            }
            let reference = bytes[(place + 1)..<range.upperBound].prefix(XMLReference.longest)
            guard let length = reference.firstIndex(of: UInt8(ascii: ";")) else { throw .entity }
            found.append(contentsOf: try XMLReference.decoded(reference[..<length]).utf8)
            place = length + 1
        }
        return String(decoding: found, as: UTF8.self)
    }

    /// Line ends of every kind are one character (section 2.11).
    private func append(_ place: Int, to found: inout [UInt8]) {
        guard bytes[place] == 0x0d else { return found.append(bytes[place]) }
        guard place + 1 == bytes.count || bytes[place + 1] != 0x0a else { return }
        found.append(0x0a)
    }
}

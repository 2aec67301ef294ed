/// The first line and the headers of a message in the style of HTTP.
package struct MessageHead: Hashable, Sendable {
    package var start: String
    /// In the order in which they stand.
    package var fields: [Field]

    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package init(_ start: String, _ fields: [(name: String, value: String)] = []) {
        self.start = start
        self.fields = fields.map { Field(name: $0.name, value: $0.value) }
    }

    /// The value of a header, whatever the case of its name; the first of several.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// With the empty line at its end.
    package var bytes: [UInt8] {
        var text = start + "\r\n"
        for field in fields {
            text += field.value.isEmpty ? "\(field.name):\r\n" : "\(field.name): \(field.value)\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}

extension MessageHead {
    /// Of a datagram; an Ethernet frame carries no more.
    package static let longest = 1500

    private static let mostFields = 64

    /// Reads a datagram; nil for what is none.
    ///
    /// Lines end with CRLF, and the empty line at the end may be missing, as it is in some programs.
    package init?(datagram bytes: [UInt8]) {
        guard bytes.count <= Self.longest, !bytes.contains(0),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let lines = Self.lines(text)
        guard let lines, let start = lines.first, !start.isEmpty else { return nil }
        let rest = lines.dropFirst().prefix { !$0.isEmpty }
        guard rest.count <= Self.mostFields else { return nil }
        self.init(start)
        for line in rest {
            guard let field = Field(line) else { return nil }
            fields.append(field)
        }
    }

    /// Nil when one ends otherwise than with CRLF.
    private static func lines(_ text: String) -> [String]? {
        let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.count > 1, lines.last?.isEmpty == true else { return nil }
        var found: [String] = []
        for line in lines.dropLast() {
            guard line.last == 13, !line.dropLast().contains(13) else { return nil }
            found.append(String(decoding: Array(line.dropLast()), as: UTF8.self))
        }
        return found
    }
}

extension MessageHead.Field {
    /// A name and a value with a colon between them; lines that go on are long out of use.
    init?(_ line: String) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        name = String(line[..<colon])
        value = line[line.utf8.index(after: colon)...].trimmingBlanks
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken),
            value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 9 })
        else { return nil }
    }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (94...122).contains(byte)
            || "!#$%&'*+-.|~".utf8.contains(byte)
    }
}

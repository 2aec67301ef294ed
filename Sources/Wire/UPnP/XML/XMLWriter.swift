/// A document that grows from front to back; every text in it is escaped.
package struct XMLWriter: Sendable {
    package private(set) var text: String

    package init(_ start: String = "") { text = start }

    package var bytes: [UInt8] { Array(text.utf8) }

    /// An element that holds others.
    package mutating func element(
        _ name: String, _ attributes: [(name: String, value: String)] = [],
        _ content: (inout XMLWriter) -> Void
    ) {
        text += "<\(name)"
        for attribute in attributes {
            text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
        }
        text += ">"
        content(&self)
        text += "</\(name)>"
    }

    /// An element that holds a text.
    package mutating func element(_ name: String, _ value: String) {
        text += "<\(name)>\(Self.escaped(value))</\(name)>"
    }

    /// What an attribute or an element may hold; characters that no document may have are left out.
    package static func escaped(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar.isInXML {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&apos;".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// Most texts are ASCII with nothing to escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7f).contains(byte) && byte != 0x22 && byte != 0x26 && byte != 0x27
            && byte != 0x3c && byte != 0x3e
    }
}

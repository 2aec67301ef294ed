/// What stands between `&` and `;`.
enum XMLReference {
    /// With the semicolon: `#x0010ffff;` and some zeros.
    static let longest = 16

    static func decoded(_ reference: some Collection<UInt8>) throws(XMLError) -> String {
        let name = String(decoding: reference, as: UTF8.self)
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { throw .entity }
            guard let scalar = scalar(name.dropFirst()) else { throw .characterReference }
            return String(scalar)
        }
    }

    /// Nil for control characters, which have no business in any value, even where XML allows them.
    private static func scalar(_ number: Substring) -> Unicode.Scalar? {
        let isHex = number.hasPrefix("x")
        let digits = isHex ? number.dropFirst() : number
        guard !digits.hasPrefix("+"), let value = UInt32(digits, radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(value), scalar.isInXML, !scalar.isControl
        else { return nil }
        return scalar
    }
}

extension Unicode.Scalar {
    /// The characters that a document may have (XML 1.0 section 2.2).
    var isInXML: Bool {
        value >= 0x20 && value != 0xfffe && value != 0xffff || value == 9 || value == 10
            || value == 13
    }

    /// C0, DEL and C1.
    var isControl: Bool { value < 0x20 || (0x7f...0x9f).contains(value) }
}

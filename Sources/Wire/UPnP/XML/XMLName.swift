/// A name as it is written, parted at its colon.
package struct XMLName: Hashable, Sendable {
    /// Empty for none.
    package var prefix: String
    package var local: String

    package init(prefix: String = "", _ local: String) {
        (self.prefix, self.local) = (prefix, local)
    }

    /// Nil unless it has one colon at most, with something on both sides.
    init?(_ bytes: some Collection<UInt8>) {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let last = parts.last, parts.count <= 2,
            parts.allSatisfy({ $0.first.map(Self.isStart) == true })
        else { return nil }
        prefix = parts.count == 2 ? String(decoding: parts[0], as: UTF8.self) : ""
        local = String(decoding: last, as: UTF8.self)
    }

    /// Every letter outside ASCII passes: names are compared, and never used for anything else.
    private static func isStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    static func isPart(_ byte: UInt8) -> Bool {
        isStart(byte) || (48...58).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}

package struct XMLAttribute: Hashable, Sendable {
    package var name: XMLName
    package var value: String
}

package enum XMLEvent: Hashable, Sendable {
    case start(XMLName, [XMLAttribute])
    case text(String)
    case end(XMLName)
}

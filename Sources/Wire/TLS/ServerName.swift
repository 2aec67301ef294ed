import Addressing

/// A host name that a client asks for (RFC 6066 section 3), in lower case, without a dot at its end.
///
/// It is looser than `HostName`, since it is compared and never looked up.
package struct ServerName: Hashable, Sendable {
    package let text: String

    /// Nil unless it has 1 to 255 letters, digits, hyphens, underscores and dots, with 1 to 63
    /// between dots, and is no IP address.
    package init?(_ text: String) {
        self.init(octets: Array(text.utf8))
    }

    init?(octets: [UInt8]) {
        guard (1...255).contains(octets.count) else { return nil }
        let name = Self.withoutLastDot(octets).map(Self.lowercased)
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.count) && $0.allSatisfy(Self.isAllowed) })
        else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        guard IPv4Address(text) == nil else { return nil }
        self.text = text
    }

    /// The name without its first label; nil when it has only one.
    package var parent: ServerName? {
        guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return ServerName(String(text[text.utf8.index(after: dot)...]))
    }

    /// Whether it is an IP address, which clients may not send but do.
    static func isAddress(_ octets: [UInt8]) -> Bool {
        guard let text = String(validating: withoutLastDot(octets), as: UTF8.self) else {
            return false
        }
        return IPAddress(text) != nil
    }

    private static func withoutLastDot(_ octets: [UInt8]) -> ArraySlice<UInt8> {
        octets.last == UInt8(ascii: ".") ? octets.dropLast() : octets[...]
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte + 32 : byte
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

extension ServerName: CustomStringConvertible {
    package var description: String { text }
}

/// A domain name of a host, in lower case (RFC 1123 section 2.1).
package struct HostName: Hashable, Sendable {
    package let text: String

    /// Nil unless every label has 1 to 63 letters, digits or inner hyphens, 253 bytes in all, and
    /// the last label is not a number (it would be a broken address).
    package init?(_ text: some StringProtocol) {
        // Some letters of other scripts have an ASCII lower case.
        guard text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
        var name = text.lowercased()
        if name.last == "." { name.removeLast() }
        guard (1...253).contains(name.utf8.count) else { return nil }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel), let last = labels.last else { return nil }
        guard !last.allSatisfy({ (48...57).contains($0) }) else { return nil }
        self.text = name
    }

    private static func isLabel(_ label: some Collection<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(label.count), label.first != hyphen else { return false }
        guard Array(label).last != hyphen else { return false }
        return label.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == hyphen || $0 == 95
        }
    }
}

extension HostName: CustomStringConvertible {
    package var description: String { text }
}

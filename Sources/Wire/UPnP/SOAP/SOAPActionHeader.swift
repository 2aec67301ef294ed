/// The header that says what is called: `"urn:…:service:WANIPConnection:1#AddPortMapping"`.
package struct SOAPActionHeader: Hashable, Sendable {
    /// What stands before the `#`.
    package let type: String
    package let action: String

    private static let longest = 256

    package init(type: String, action: String) {
        (self.type, self.action) = (type, action)
    }

    /// Quotation marks may be double, single, or missing, and blanks are everywhere.
    package init?(_ header: some StringProtocol) {
        guard header.utf8.count <= Self.longest else { return nil }
        let isQuote = { (character: Character) in character == "\"" || character == "'" }
        let trimmed = header.trimmingBlanks
        let withoutFirst = trimmed.first.map(isQuote) == true ? trimmed.dropFirst() : trimmed[...]
        let bare = withoutFirst.last.map(isQuote) == true ? withoutFirst.dropLast() : withoutFirst
        let parts = bare.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        type = parts[0].trimmingBlanks
        action = parts[1].trimmingBlanks
        guard !type.isEmpty, !action.isEmpty else { return nil }
    }

    package var text: String { "\"\(type)#\(action)\"" }
}

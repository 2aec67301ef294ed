package import Addressing

/// An `http` URL whose host is an address: the only kind that is ever followed.
package struct LocalURL: Hashable, Sendable {
    package let endpoint: Endpoint
    /// Begins with `/`; with the query, without the fragment.
    package let path: String

    private static let longest = 512

    package init(_ endpoint: Endpoint, path: String) {
        (self.endpoint, self.path) = (endpoint, path)
    }

    /// Nil for another scheme, for names, for users and passwords, and for control characters.
    package init?(_ text: some StringProtocol) {
        let text = text.trimmingBlanks
        guard text.utf8.count <= Self.longest, text.lowercased().hasPrefix("http://"),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        let rest = text.dropFirst(7)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest.dropFirst(host.count).prefix { $0 != "#" }
        guard !host.contains("%"), let endpoint = HostLiteral.read(host, defaultPort: 80),
            endpoint.port != 0
        else { return nil }
        self.endpoint = endpoint
        path = tail.hasPrefix("/") ? String(tail) : "/\(tail)"
    }

    /// What a reference in a document leads to (RFC 3986 section 5.2, without climbing).
    ///
    /// Nil unless it leads to the same address; another port is one of its own services.
    package func resolving(_ reference: String) -> LocalURL? {
        let reference = reference.trimmingBlanks
        guard !reference.isEmpty, reference.utf8.count <= Self.longest,
            reference.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        if reference.lowercased().hasPrefix("http://") {
            let found = LocalURL(reference)
            return found?.endpoint.address == endpoint.address ? found : nil
        }
        guard !reference.hasPrefix("//"), !Self.hasScheme(reference) else { return nil }
        let tail = reference.prefix { $0 != "#" }
        guard !tail.hasPrefix("/") else { return LocalURL(endpoint, path: String(tail)) }
        let folder = path.prefix { $0 != "?" }
        let end = folder.lastIndex(of: "/") ?? folder.startIndex
        return LocalURL(endpoint, path: "\(folder[..<end])/\(tail)")
    }

    private static func hasScheme(_ reference: String) -> Bool {
        let head = reference.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return head.contains(":")
    }
}

extension LocalURL: CustomStringConvertible {
    package var description: String { "http://\(endpoint)\(path)" }
}

package import Addressing

/// The check of `Host` that keeps web pages away (DNS rebinding).
///
/// A page that a browser loaded by a name can be made to reach us by that name, and never by our
/// address.
package enum OwnLiteral {
    /// Whether a `Host` header is one of our addresses with our port.
    ///
    /// Without a port 80 is meant. A zone of a link-local address is passed over.
    package static func matches(
        _ host: some StringProtocol, addresses: some Collection<IPAddress>, port: UInt16
    ) -> Bool {
        guard let endpoint = HostLiteral.read(host, defaultPort: 80) else { return false }
        return endpoint.port == port && addresses.contains(endpoint.address)
    }
}

/// An address with a port as URLs have it: `192.0.2.1:80`, `[2001:db8::1]:80`.
enum HostLiteral {
    /// Nil for names, and for anything else.
    static func read(_ text: some StringProtocol, defaultPort: UInt16) -> Endpoint? {
        let text = text.trimmingBlanks
        guard text.hasPrefix("[") else { return v4(text, defaultPort) }
        let parts = text.dropFirst().split(
            separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let address = parts[0].split(
            separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard let v6 = IPv6Address(address), parts[1].isEmpty || parts[1].hasPrefix(":"),
            let port = port(parts[1].dropFirst(), defaultPort)
        else { return nil }
        return Endpoint(.v6(v6), port)
    }

    private static func v4(_ text: String, _ defaultPort: UInt16) -> Endpoint? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let v4 = IPv4Address(parts[0]),
            let port = port(parts.count == 2 ? parts[1] : "", defaultPort)
        else { return nil }
        return Endpoint(.v4(v4), port)
    }

    private static func port(_ text: Substring, _ defaultPort: UInt16) -> UInt16? {
        guard !text.isEmpty else { return defaultPort }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), !text.hasPrefix("0") else {
            return nil
        }
        return UInt16(text)
    }
}

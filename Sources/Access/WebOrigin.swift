internal import Addressing

/// Where a browser says that it is: checks that keep other pages from using a signed-in one.
package struct WebOrigin: Hashable, Sendable {
    /// The `Host` of the request, with its port.
    package var host: String
    package var origin: String?
    /// `Sec-Fetch-Site` (Fetch Metadata).
    package var site: String?

    package init(host: String, origin: String?, site: String?) {
        self.host = host
        self.origin = origin
        self.site = site
    }

    /// Whether the browser says that the request comes from a page of this very host.
    package var isOwn: Bool {
        if let origin { return origin.lowercased() == "https://\(host.lowercased())" }
        return site == "same-origin"
    }

    /// Whether it says that it comes from another one; a program says neither.
    package var isForeign: Bool {
        guard origin == nil, let site else { return origin != nil && !isOwn }
        return site != "same-origin" && site != "none"
    }
}

/// The names by which a gateway may be called.
///
/// A page elsewhere can have its own name lead here (DNS rebinding), and is then of the same origin to
/// the browser. It cannot have the browser send a name that is not its own.
package struct KnownHosts: Hashable, Sendable {
    private let names: Set<String>

    /// - Parameter names: addresses, without brackets, and names.
    package init(_ names: some Sequence<String>) {
        self.names = Set(names.map { Self.plain(Substring($0)) })
    }

    /// - Parameter host: `Host` as it was sent: `192.168.7.1:8444`, `[2001:db8::1]:8444`, `gateway.lan`.
    package func contains(_ host: String) -> Bool {
        guard let name = Self.name(in: host) else { return false }
        return names.contains(name)
    }

    /// The part before the port, without brackets; nil for what is no host.
    package static func name(in host: String) -> String? {
        let rest: Substring
        let name: Substring
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            name = host[host.index(after: host.startIndex)..<end]
            rest = host[host.index(after: end)...]
        } else {
            let end = host.firstIndex(of: ":") ?? host.endIndex
            (name, rest) = (host[..<end], host[end...])
        }
        guard !name.isEmpty, rest.isEmpty || rest.first == ":" else { return nil }
        guard rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return plain(name)
    }

    private static func plain(_ name: Substring) -> String {
        // An address has several spellings, and a name may end in the root's dot.
        if let address = IPAddress(name) { return address.description }
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}

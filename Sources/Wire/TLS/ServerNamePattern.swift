/// Which names a route is for.
package enum ServerNamePattern: Hashable, Sendable {
    case exactly(ServerName)
    /// `*.example.com`: names with one label more than this one.
    case oneLabel(under: ServerName)

    /// Reads `www.example.com` or `*.example.com`.
    package init?(_ text: String) {
        if text.hasPrefix("*.") {
            guard let parent = ServerName(String(text.dropFirst(2))) else { return nil }
            self = .oneLabel(under: parent)
        } else {
            guard let name = ServerName(text) else { return nil }
            self = .exactly(name)
        }
    }

    package func matches(_ name: ServerName) -> Bool {
        switch self {
        case .exactly(let own): name == own
        case .oneLabel(let parent): name.parent == parent
        }
    }

    /// The patterns that a name can be found under, the closest first.
    package static func candidates(for name: ServerName) -> [ServerNamePattern] {
        [.exactly(name)] + (name.parent.map { [.oneLabel(under: $0)] } ?? [])
    }
}

extension ServerNamePattern: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exactly(let name): name.text
        case .oneLabel(let parent): "*.\(parent)"
        }
    }
}

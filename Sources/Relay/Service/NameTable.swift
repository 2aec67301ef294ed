import Forwarding
import Wire

/// Which group of targets a server name leads to.
struct NameTable {
    private let groups: [ServerNamePattern: Int32]

    /// The first name leads to group 1, since 0 is the forward's own target.
    init(_ names: [NamePattern]) {
        var groups: [ServerNamePattern: Int32] = [:]
        for (place, name) in names.enumerated() {
            guard let pattern = ServerNamePattern(name.description) else { continue }
            groups[pattern] = Int32(place) + 1
        }
        self.groups = groups
    }

    /// Nil when no route is for it; an exact name comes before a wildcard.
    func group(of name: ServerName?) -> Int32? {
        guard let name else { return nil }
        for pattern in ServerNamePattern.candidates(for: name) {
            if let group = groups[pattern] { return group }
        }
        return nil
    }
}

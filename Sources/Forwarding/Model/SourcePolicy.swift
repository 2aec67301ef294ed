package import Addressing

/// Who may use a forward.
///
/// The allow-list is about the outside: it holds for packets that arrive on a WAN interface. Inside,
/// `hairpin` decides. The deny-list holds for everyone and wins.
package struct SourcePolicy: Hashable, Sendable {
    /// Empty means anywhere.
    package var allowed: [Prefix]
    package var denied: [Prefix]

    package init(allowed: [Prefix] = [], denied: [Prefix] = []) {
        self.allowed = Self.reduced(allowed)
        self.denied = Self.reduced(denied)
    }

    package static let anywhere = SourcePolicy()

    package var isAnywhere: Bool { allowed.isEmpty }

    package func denies(_ source: IPAddress) -> Bool {
        denied.contains { $0.contains(source) }
    }

    package func allows(_ source: IPAddress) -> Bool {
        allowed.isEmpty || allowed.contains { $0.contains(source) }
    }

    /// Sorted, without blocks that lie in another one: the kernel's interval sets refuse overlaps,
    /// and two lists that mean the same should compare equal.
    private static func reduced(_ prefixes: [Prefix]) -> [Prefix] {
        var kept: [Prefix] = []
        for prefix in prefixes.sorted() {
            guard let previous = kept.last, previous.contains(prefix) else {
                kept.append(prefix)
                continue
            }
        }
        return kept
    }
}

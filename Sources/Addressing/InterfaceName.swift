/// The name of a network interface, as the kernel accepts it.
package struct InterfaceName: Hashable, Sendable {
    package let text: String

    /// Nil when the kernel would refuse the name: 1 to 15 bytes without `/`, `:` or white space,
    /// neither `.` nor `..` (`dev_valid_name` in net/core/dev.c).
    package init?(_ text: some StringProtocol) {
        guard (1...15).contains(text.utf8.count), text != ".", text != ".." else { return nil }
        let refused = text.utf8.contains { $0 <= 32 || $0 == 127 || $0 == 47 || $0 == 58 }
        guard !refused else { return nil }
        self.text = String(text)
    }
}

extension InterfaceName: CustomStringConvertible, Comparable {
    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

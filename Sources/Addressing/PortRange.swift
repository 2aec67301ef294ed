/// One port or several in a row, 1 to 65535.
package struct PortRange: Hashable, Sendable, BitwiseCopyable {
    package let first: UInt16
    package let last: UInt16

    /// Nil when a bound is 0 or the bounds are reversed.
    package init?(_ first: UInt16, _ last: UInt16) {
        guard first >= 1, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// Nil for port 0.
    package init?(_ port: UInt16) {
        self.init(port, port)
    }

    private init(unchecked first: UInt16, _ last: UInt16) {
        (self.first, self.last) = (first, last)
    }

    package static let all = PortRange(unchecked: 1, .max)

    package var count: Int { Int(last) - Int(first) + 1 }

    package var isSingle: Bool { first == last }

    package func contains(_ port: UInt16) -> Bool {
        first <= port && port <= last
    }

    package func overlaps(_ other: PortRange) -> Bool {
        first <= other.last && other.first <= last
    }

    /// The range of the same width that starts at `start`; nil when it would pass 65535.
    package func moved(to start: UInt16) -> PortRange? {
        guard Int(start) + count - 1 <= 65535 else { return nil }
        return PortRange(start, start + (last - first))
    }

    /// All the ports, in order.
    package var ports: ClosedRange<UInt16> { first...last }
}

/// Why a text is not a port range.
package enum PortRangeError: Error, Hashable, Sendable {
    case notANumber
    case zero
    case tooLarge
    /// The bounds are reversed; `meant` is the range the other way round.
    case reversed(meant: PortRange)
}

extension PortRange {
    /// Reads `8443` or `27015-27030`.
    package init(parsing text: some StringProtocol) throws(PortRangeError) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try Self.port(parts[0])
        let last = parts.count == 2 ? try Self.port(parts[1]) : first
        guard let range = PortRange(first, last) else {
            guard let meant = PortRange(last, first) else { throw .zero }
            throw .reversed(meant: meant)
        }
        self = range
    }

    private static func port(_ text: some StringProtocol) throws(PortRangeError) -> UInt16 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw .notANumber
        }
        guard let port = UInt16(text) else { throw .tooLarge }
        guard port != 0 else { throw .zero }
        return port
    }
}

extension PortRange: CustomStringConvertible {
    package var description: String {
        isSingle ? "\(first)" : "\(first)-\(last)"
    }
}

extension PortRange: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.first, left.last) < (right.first, right.last)
    }
}

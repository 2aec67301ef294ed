package import Addressing

/// How many answers each source has had within a second.
///
/// Whoever forges a source makes the server send to it; this bounds what anybody can be sent. A source
/// is an IPv4 address, or the /64 of an IPv6 one. All is forgotten with the second, so that nothing
/// has to be swept.
package struct SourceRates: Sendable {
    package static let answersPerSecond = 10
    /// Sources in one second; more go without an answer until the next.
    package static let mostSources = 65_536

    private enum Source: Hashable {
        case v4(UInt32)
        case v6(UInt64)
    }

    private var second: UInt64 = 0
    private var counts: [Source: Int] = [:]

    package init() {}

    /// Counts an answer, unless there were enough.
    ///
    /// - Parameter second: of any clock that does not go back.
    package mutating func admit(_ address: IPAddress, at second: UInt64) -> Bool {
        if second != self.second {
            self.second = second
            counts.removeAll(keepingCapacity: true)
        }
        let source: Source =
            switch address {
            case .v4(let v4): .v4(v4.bits)
            case .v6(let v6): .v6(v6.high)
            }
        let count = counts[source] ?? 0
        guard count < Self.answersPerSecond, count > 0 || counts.count < Self.mostSources else {
            return false
        }
        counts[source] = count + 1
        return true
    }
}

/// What a caller of the API may do; each includes the ones before it.
package enum Scope: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Looking only.
    case read
    /// Changing the table, ending flows, deciding requests of devices.
    case operate
    /// Deciding who else may do what.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .operate: 1
        case .admin: 2
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

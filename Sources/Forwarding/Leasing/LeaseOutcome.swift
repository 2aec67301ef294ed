/// What comes of a device's request.
package enum LeaseOutcome: Hashable, Sendable {
    /// The mapping as it is to be, or is already; nil for no change.
    case granted(Forward, ForwardChange?)
    /// What goes; and why not all of it that was asked for.
    case released([ForwardChange], LeaseDenial?)
    case refused(LeaseDenial)

    package var changes: [ForwardChange] {
        switch self {
        case .granted(_, let change): change.map { [$0] } ?? []
        case .released(let changes, _): changes
        case .refused: []
        }
    }
}

/// One difference between two tables.
package enum ForwardChange: Hashable, Sendable {
    case added(Forward)
    /// The number stays; anything else may differ.
    case changed(from: Forward, to: Forward)
    case removed(Forward)

    package var before: Forward? {
        switch self {
        case .added: nil
        case .changed(let before, _), .removed(let before): before
        }
    }

    package var after: Forward? {
        switch self {
        case .added(let after), .changed(_, let after): after
        case .removed: nil
        }
    }

    package var name: ForwardName {
        switch self {
        case .added(let forward), .removed(let forward), .changed(_, let forward): forward.name
        }
    }

    /// The change that takes this one back.
    package var inverse: ForwardChange {
        switch self {
        case .added(let forward): .removed(forward)
        case .changed(let before, let after): .changed(from: after, to: before)
        case .removed(let forward): .added(forward)
        }
    }
}

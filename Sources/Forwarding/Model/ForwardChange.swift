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

    /// Whether it is about what a device has asked for.
    package var isOfDevice: Bool { (before ?? after)?.lease != nil }

    /// Whether a device has only asked for what it has.
    package var isRenewal: Bool {
        guard case .changed(var before, let after) = self, let lease = after.lease,
            before.lease != nil
        else { return false }
        (before.ends, before.lease) = (after.ends, lease)
        return before == after
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

extension [ForwardChange] {
    /// The same in one step for each forward: what happens to it in between is left out.
    package var condensed: [ForwardChange] {
        var (order, ends): ([ForwardID], [ForwardID: (first: Forward?, last: Forward?)]) = ([], [:])
        for change in self {
            guard let id = (change.before ?? change.after)?.id else { continue }
            if ends[id] == nil {
                order.append(id)
                ends[id] = (change.before, change.after)
            } else {
                ends[id]?.last = change.after
            }
        }
        return order.compactMap { id in
            switch ends[id] {
            case (nil, let after?)?: .added(after)
            case (let before?, nil)?: .removed(before)
            case (let before?, let after?)?:
                before == after ? nil : .changed(from: before, to: after)
            case (nil, nil)?, nil: nil
            }
        }
    }
}

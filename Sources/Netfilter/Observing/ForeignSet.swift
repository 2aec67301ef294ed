package import Netlink

/// A set of another table, laid out for looking things up.
package struct ForeignSet: Hashable, Sendable {
    package var declaration: DumpedSet
    /// In the order of the kernel's dump, boundaries of intervals among them.
    package private(set) var elements: [DumpedForeignElement]
    /// The boundaries of intervals of one field, sorted; an end comes before a start at the same
    /// place.
    private var boundaries: [DumpedForeignElement] = []
    private var exact: [[UInt8]: Int] = [:]
    private var ranges: [DumpedForeignElement] = []
    private var hasRanges = false
    private var catchAll: DumpedForeignElement?

    package init(_ declaration: DumpedSet, _ elements: [DumpedForeignElement]) {
        self.declaration = declaration
        self.elements = elements
        catchAll = elements.first(where: \.isCatchAll)
        let keyed = elements.filter { !$0.isCatchAll }
        hasRanges = declaration.fields.count > 1 || keyed.contains { $0.keyEnd != nil }
        if declaration.isInterval, hasRanges {
            ranges = keyed
        } else if declaration.isInterval {
            boundaries = keyed.sorted {
                $0.key == $1.key
                    ? $0.endsInterval && !$1.endsInterval
                    : $0.key.lexicographicallyPrecedes($1.key)
            }
        } else {
            for (place, element) in elements.enumerated() where !element.isCatchAll {
                exact[element.key] = place
            }
        }
    }

    /// What looking a key up finds.
    enum Found {
        case nothing
        case element(DumpedForeignElement)
        /// One of these, or nothing.
        case perhaps([DumpedForeignElement])
    }

    func find(_ key: PartlyKnown) -> Found {
        let found: Found
        if !declaration.isInterval {
            found = findExact(key)
        } else if hasRanges {
            found = findInRanges(key)
        } else {
            found = findInIntervals(key)
        }
        guard let catchAll else { return found }
        switch found {
        case .nothing: return .element(catchAll)
        case .element: return found
        case .perhaps(let some): return .perhaps(some + [catchAll])
        }
    }

    private func findExact(_ key: PartlyKnown) -> Found {
        if let bytes = key.bytes {
            return exact[bytes].map { .element(elements[$0]) } ?? .nothing
        }
        return Self.found(elements.filter { !$0.isCatchAll }) { key.equals($0.key) }
    }

    /// The boundary at or before the key decides.
    private func findInIntervals(_ key: PartlyKnown) -> Found {
        guard let bytes = key.bytes else {
            let starts = boundaries.filter { !$0.endsInterval }
            return starts.isEmpty ? .nothing : .perhaps(starts)
        }
        var (low, high) = (0, boundaries.count)
        while low < high {
            let middle = (low + high) / 2
            if bytes.lexicographicallyPrecedes(boundaries[middle].key) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        guard low > 0, !boundaries[low - 1].endsInterval else { return .nothing }
        return .element(boundaries[low - 1])
    }

    private func findInRanges(_ key: PartlyKnown) -> Found {
        let known = declaration.fields
        let fields = known.isEmpty ? [declaration.keyLength] : known
        return Self.found(ranges) { element in
            var (answer, place) = (Answer.yes, 0)
            for length in fields {
                let field = place..<(place + length)
                let last = element.keyEnd ?? element.key
                guard length > 0, element.key.count >= field.upperBound,
                    last.count >= field.upperBound, key.count >= field.upperBound
                else { return .open }
                answer =
                    answer
                    && key[field].isWithin(Array(element.key[field]), Array(last[field]))
                place += (length + 3) & ~3
            }
            return answer
        }
    }

    private static func found(
        _ elements: [DumpedForeignElement], _ matches: (DumpedForeignElement) -> Answer
    ) -> Found {
        var some: [DumpedForeignElement] = []
        for element in elements {
            switch matches(element) {
            case .yes: return .element(element)
            case .no: break
            case .open: some.append(element)
            }
        }
        return some.isEmpty ? .nothing : .perhaps(some)
    }
}

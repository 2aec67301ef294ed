/// The candidate that a person most likely meant by `text`; nil when none is near.
///
/// Near means at most a third of the letters (two at least) inserted, left out, changed or swapped.
package func nearestName(
    to text: String, among candidates: some Sequence<String>
) -> String? {
    let wanted = Array(text.lowercased().utf8)
    let limit = max(2, wanted.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased().utf8)
        guard abs(letters.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, letters)
        guard distance <= limit else { continue }
        if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true {
            best = (distance, candidate)
        }
    }
    return best?.name
}

/// Damerau–Levenshtein distance with adjacent swaps (optimal string alignment).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in 0..<first.count {
        var current = [row + 1]
        for column in 0..<second.count {
            let cost = first[row] == second[column] ? 0 : 1
            var distance = min(
                previous[column] + cost, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, first[row] == second[column - 1],
                first[row - 1] == second[column]
            {
                distance = min(distance, beforePrevious[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[second.count]
}

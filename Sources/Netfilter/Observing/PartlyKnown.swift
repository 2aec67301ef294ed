/// A yes or no that may be open.
enum Answer: Hashable {
    case yes, no, open

    init(_ known: Bool) { self = known ? .yes : .no }

    static prefix func ! (answer: Answer) -> Answer {
        switch answer {
        case .yes: .no
        case .no: .yes
        case .open: .open
        }
    }

    static func && (left: Answer, right: Answer) -> Answer {
        if left == .no || right == .no { return .no }
        return left == .yes && right == .yes ? .yes : .open
    }

    static func || (left: Answer, right: Answer) -> Answer { !(!left && !right) }
}

/// Bytes of which single bits may be unknown.
struct PartlyKnown: Hashable {
    private(set) var values: [UInt8]
    /// The bits that are known; the others are 0 in `values`.
    private(set) var known: [UInt8]

    init(_ bytes: some Sequence<UInt8>) {
        values = Array(bytes)
        known = [UInt8](repeating: 0xff, count: values.count)
    }

    init(unknown count: Int) {
        values = [UInt8](repeating: 0, count: count)
        known = values
    }

    init(values: [UInt8], known: [UInt8]) {
        self.values = zip(values, known).map { $0 & $1 }
        self.known = Array(known.prefix(values.count))
    }

    /// A number in the machine's order.
    init(host: UInt32, known: UInt32 = 0xffff_ffff) {
        func bytes(_ word: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
        }
        self.init(values: bytes(host), known: bytes(known))
    }

    var count: Int { values.count }
    var isKnown: Bool { known.allSatisfy { $0 == 0xff } }
    var bytes: [UInt8]? { isKnown ? values : nil }

    subscript(range: Range<Int>) -> PartlyKnown {
        let range = range.clamped(to: 0..<count)
        return PartlyKnown(values: Array(values[range]), known: Array(known[range]))
    }

    mutating func replace(at place: Int, with other: PartlyKnown) {
        for offset in 0..<other.count where place + offset < count {
            values[place + offset] = other.values[offset]
            known[place + offset] = other.known[offset]
        }
    }

    func masked(_ mask: [UInt8], xor: [UInt8]) -> PartlyKnown {
        var result = PartlyKnown(unknown: Swift.min(count, mask.count, xor.count))
        for place in 0..<result.count {
            result.known[place] = known[place] | ~mask[place]
            result.values[place] =
                ((values[place] & mask[place]) ^ xor[place]) & result.known[place]
        }
        return result
    }

    /// Each run of `size` bytes the other way round.
    func swapped(_ size: Int) -> PartlyKnown {
        guard size > 1 else { return self }
        var result = self
        for start in stride(from: 0, to: count - count % size, by: size) {
            for offset in 0..<size {
                result.values[start + offset] = values[start + size - 1 - offset]
                result.known[start + offset] = known[start + size - 1 - offset]
            }
        }
        return result
    }

    func equals(_ other: [UInt8]) -> Answer {
        guard count == other.count else { return .open }
        let differs = (0..<count).contains { (values[$0] ^ other[$0]) & known[$0] != 0 }
        return differs ? .no : isKnown ? .yes : .open
    }

    /// Whether it comes before, byte for byte as numbers are compared on the wire.
    func isLess(than other: [UInt8]) -> Answer {
        for place in 0..<Swift.min(count, other.count) {
            guard known[place] == 0xff else { return .open }
            if values[place] != other[place] { return Answer(values[place] < other[place]) }
        }
        return .no
    }

    func isGreater(than other: [UInt8]) -> Answer {
        for place in 0..<Swift.min(count, other.count) {
            guard known[place] == 0xff else { return .open }
            if values[place] != other[place] { return Answer(values[place] > other[place]) }
        }
        return .no
    }

    func isWithin(_ first: [UInt8], _ last: [UInt8]) -> Answer {
        !isLess(than: first) && !isGreater(than: last)
    }
}

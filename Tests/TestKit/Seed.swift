import Testing

/// Where a random test case comes from.
///
/// It is the test's argument, so a failure prints it, and `PORTCULLIS_SEED=0x… swift test --filter
/// …` runs that case alone.
package struct Seed: Hashable, Sendable, Codable, CustomTestStringConvertible {
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package var testDescription: String { "PORTCULLIS_SEED=0x" + String(value, radix: 16) }

    /// `count` cases (times `PORTCULLIS_CASES`, if set), or the one that the environment names.
    package static func batch(_ count: Int) -> [Seed] {
        if let text = Environment["PORTCULLIS_SEED"],
            let value = UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16)
        {
            return [Seed(value)]
        }
        let factor = Environment["PORTCULLIS_CASES"].flatMap { Int($0) } ?? 1
        return (0..<UInt64(count * max(1, factor))).map { Seed($0 &* 0x9e37_79b9_7f4a_7c15) }
    }
}

/// Makes random values from a seed (SplitMix64): the same ones on every machine.
package struct Gen: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: Seed) { state = seed.value }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int(next() % UInt64(choices.count))]
    }

    package mutating func int(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// True once in `odds` times.
    package mutating func oneIn(_ odds: Int) -> Bool { int(1...odds) == 1 }
}

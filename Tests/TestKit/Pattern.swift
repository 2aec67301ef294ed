import Glibc

/// A long text of bytes in which each byte follows from its place.
///
/// What was lost, doubled or swapped on the way is out of place, and noticed.
package struct Pattern: Sendable {
    /// A prime, so that no block size is in step with it.
    private static let period = 1_048_573
    /// The most that is asked for in one go.
    package static let longest = 1 << 17

    private let bytes: [UInt8]

    package init(_ seed: Seed) {
        var gen = Gen(seed)
        var words: [UInt64] = []
        for _ in 0...(Self.period / 8) { words.append(gen.next()) }
        let once = unsafe words.withUnsafeBytes { unsafe Array($0.prefix(Self.period)) }
        bytes = once + once.prefix(Self.longest)
    }

    /// What clients of a test say, and what servers say.
    package static let question = Pattern(Seed(1))
    package static let answer = Pattern(Seed(2))

    /// At most `longest` bytes from a place on.
    package func bytes(at place: Int, _ count: Int) -> ArraySlice<UInt8> {
        let start = place % Self.period
        return bytes[start..<start + min(count, Self.longest)]
    }

    /// Whether this is what stands at a place.
    package func has(_ heard: ArraySlice<UInt8>, at place: Int) -> Bool {
        let expected = bytes(at: place, heard.count)
        // SAFETY: both are as long as the first, and outlive the call.
        return unsafe heard.withUnsafeBytes { heard in
            unsafe expected.withUnsafeBytes { expected in
                guard heard.count == expected.count else { return false }
                guard let first = heard.baseAddress, let second = expected.baseAddress else {
                    return true
                }
                return unsafe memcmp(first, second, heard.count) == 0
            }
        }
    }
}

import TestKit
import Testing
import Wire

@Suite struct `Any bytes instead of a PROXY header` {
    private static let seeds = Corpus.all("ProxyHeader") + Corpus.all("SimpleProxyHeader")

    @Test(arguments: Seed.batch(400))
    func `are decided once and for all`(seed: Seed) {
        var gen = Gen(seed)
        let bytes = gen.pick(Self.seeds).bytes.mutated(&gen)
        for versions in ProxyVersions.allCases {
            check(bytes) { $0.header(versions) }
        }
        check(bytes) { $0.simpleHeader() }
    }

    /// Once an answer is given, more bytes do not change it; before, none is given.
    private func check(_ bytes: [UInt8], _ read: ([UInt8]) -> ProxyHeaderReading) {
        let last = read(bytes)
        for count in 0...bytes.count {
            let reading = read(Array(bytes.prefix(count)))
            #expect(reading == .needMore || reading == last, "after \(count) bytes of \(bytes)")
            guard case .complete(_, let length) = last else { continue }
            #expect((reading == .needMore) == (count < length), "after \(count) bytes")
        }
    }
}

import Addressing
import TestKit
import Testing

@Suite struct `Port range` {
    @Test(
        arguments: [
            ("1", 1, 1), ("8443", 8443, 8443), ("65535", 65535, 65535),
            ("27015-27030", 27015, 27030),
            ("1-65535", 1, 65535), ("80-80", 80, 80), ("0080", 80, 80),
        ] as [(String, UInt16, UInt16)])
    func `a port or two with a hyphen are read`(text: String, first: UInt16, last: UInt16) throws {
        #expect(try PortRange(parsing: text) == Sample.ports(first, last))
    }

    @Test(
        arguments: [
            ("", .notANumber), ("-", .notANumber), ("80-", .notANumber), ("-80", .notANumber),
            ("http", .notANumber), ("80-90-100", .notANumber), ("+80", .notANumber),
            (" 80", .notANumber), ("８0", .notANumber), ("80:90", .notANumber), ("8.0", .notANumber),
            ("0", .zero), ("0-80", .zero), ("80-0", .zero), ("0-0", .zero), ("00", .zero),
            ("65536", .tooLarge), ("1-65536", .tooLarge), ("99999999999999999999", .tooLarge),
            ("90-80", .reversed(meant: Sample.ports(80, 90))),
            ("65535-1", .reversed(meant: Sample.ports(1, 65535))),
        ] as [(String, PortRangeError)])
    func `anything else is refused with the reason`(text: String, reason: PortRangeError) {
        #expect(throws: reason) { try PortRange(parsing: text) }
    }

    @Test func `port zero and reversed bounds make no range`() {
        #expect(PortRange(0) == nil)
        #expect(PortRange(0, 10) == nil)
        #expect(PortRange(10, 9) == nil)
        #expect(PortRange(9, 9)?.isSingle == true)
    }

    @Test(
        arguments: [
            (8000, 8009, 9000, 9009), (8000, 8009, 65526, 65535), (1, 65535, 1, 65535),
            (5, 5, 1, 1),
            (8000, 8009, 1, 10),
        ] as [(UInt16, UInt16, UInt16, UInt16)])
    func `a moved range keeps its width`(
        first: UInt16, last: UInt16, start: UInt16, end: UInt16
    ) {
        #expect(Sample.ports(first, last).moved(to: start) == Sample.ports(start, end))
    }

    @Test func `a range does not move past the last port, nor to port zero`() {
        #expect(Sample.ports(8000, 8009).moved(to: 65527) == nil)
        #expect(Sample.ports(1, 65535).moved(to: 2) == nil)
        #expect(Sample.ports(8000, 8009).moved(to: 0) == nil)
        #expect(Sample.ports(80).moved(to: 65535) == Sample.ports(65535))
    }

    @Test(arguments: Seed.batch(300))
    func `ranges overlap when they share a port`(seed: Seed) {
        var gen = Gen(seed)
        let (one, other) = (gen.portRange(), gen.portRange())
        let shared = max(one.first, other.first) <= min(one.last, other.last)
        #expect(one.overlaps(other) == shared)
        #expect(other.overlaps(one) == shared)
        #expect(one.overlaps(one))
        #expect(one.contains(other.first) == one.ports.contains(other.first))
        #expect(one.count == one.ports.count)
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let range = gen.portRange()
        #expect(try PortRange(parsing: range.description) == range)
    }

    @Test func `ranges sort by their first port, the narrow before the wide`() {
        let ranges = [Sample.ports(80, 90), Sample.ports(443), Sample.ports(80), Sample.ports(22)]
        #expect(ranges.sorted().map(\.description) == ["22", "80", "80-90", "443"])
    }
}

import Forwarding
import TestKit
import Testing

@Suite struct `Limits as they are written` {
    @Test(
        arguments: [
            ("1MB", 1_000_000), ("50GB", 50_000_000_000), ("1.5TB", 1_500_000_000_000),
            ("1GiB", 1_073_741_824), ("1000kB", 1_000_000), ("1000000b", 1_000_000),
            ("0.25GB", 250_000_000),
        ] as [(String, UInt64)])
    func `amounts`(text: String, bytes: UInt64) throws {
        #expect(try ForwardSpelling.amount(text, .monthly) == bytes)
    }

    @Test(arguments: ["", "GB", "50", "-1GB", "1.2345GB", "1..5GB", "999kB", "2EB", "5 GB", "٣GB"])
    func `anything else is no amount`(text: String) {
        #expect(throws: Refusal(field: .monthly, value: text, problem: .amount)) {
            try ForwardSpelling.amount(text, .monthly)
        }
    }

    @Test(
        arguments: [
            ("10Mbit", 10_000_000), ("1.5Gbit/s", 1_500_000_000), ("500kbit", 500_000),
            ("8001bit", 8000),
        ] as [(String, UInt64)])
    func `bandwidths, to whole bytes`(text: String, bits: UInt64) throws {
        #expect(try ForwardSpelling.bandwidth(text, .bandwidth) == bits)
    }

    @Test(arguments: ["", "10", "7kbit", "10Mb", "10MB/s", "2000Gbit", "-1Mbit"])
    func `anything else is no bandwidth`(text: String) {
        #expect(throws: Refusal(field: .bandwidth, value: text, problem: .bandwidth)) {
            try ForwardSpelling.bandwidth(text, .bandwidth)
        }
    }

    @Test(arguments: ["20/s", "6/min", "100/hour"])
    func `rates are printed as they were read`(text: String) throws {
        #expect(try ForwardSpelling.rate(text, .maxRate)?.description == text)
    }

    @Test(arguments: ["20", "/s", "0/s", "20/day", "20/s/s", "-1/s", "1000001/s", "1.5/s"])
    func `anything else is no rate`(text: String) {
        #expect(throws: Refusal(field: .maxRate, value: text, problem: .rate)) {
            try ForwardSpelling.rate(text, .maxRate)
        }
    }

    @Test(arguments: ["0", "-1", "1000001", "x", "1.5", ""])
    func `a count is a number above zero`(text: String) {
        #expect(throws: Refusal.self) {
            try ForwardSpelling.connections(text, .maxConnections)
        }
    }

    @Test func `none is no bound`() throws {
        #expect(try ForwardSpelling.connections("none", .maxConnections) == nil)
        #expect(try ForwardSpelling.rate("none", .maxRate) == nil)
        #expect(try ForwardSpelling.amount("none", .monthly) == nil)
        #expect(try ForwardSpelling.bandwidth("none", .bandwidth) == nil)
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let bytes = UInt64(gen.int(1_000_000...2_000_000_000_000))
        let bits = UInt64(gen.int(1000...100_000_000)) * 8
        let (amount, bandwidth) = (
            ForwardSpelling.amountText(bytes), ForwardSpelling.bandwidthText(bits)
        )
        #expect(try ForwardSpelling.amount(amount, .monthly) == bytes)
        #expect(try ForwardSpelling.bandwidth(bandwidth, .bandwidth) == bits)
    }
}

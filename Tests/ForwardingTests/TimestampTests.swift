import Forwarding
import TestKit
import Testing

@Suite struct `Moment` {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:34:56Z", 951_827_696), ("2027-01-15T08:00:00Z", 1_800_000_000),
            ("2038-01-19T03:14:08Z", 2_147_483_648), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("1000-01-01T00:00:00Z", -30_610_224_000),
        ] as [(String, Int64)])
    func `a moment is printed in UTC and read back`(text: String, seconds: Int64) {
        #expect(Timestamp(text: text) == Timestamp(seconds: seconds))
        #expect(Timestamp(seconds: seconds).text == text)
    }

    @Test(
        arguments: [
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T18:30:00-05:30", 0),
            ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:00Z", 0), ("1970-01-01T00:00:00.9Z", 0),
            ("1970-01-01T00:00:01.123456789+00:00", 1), ("1970-01-01T00:00:00-00:00", 0),
            ("1972-06-30T23:59:60Z", 78_796_800), ("0000-03-01T00:00:00Z", -62_162_035_200),
            ("0000-02-29T00:00:00Z", -62_162_121_600), ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] as [(String, Int64)])
    func `offsets, fractions and small letters are read`(text: String, seconds: Int64) {
        #expect(Timestamp(text: text) == Timestamp(seconds: seconds))
    }

    @Test(arguments: [
        "", "now", "2026-12-24", "2026-12-24T18:00:00", "2026-12-24T18:00Z", "2026-12-24T24:00:00Z",
        "2026-12-24T18:60:00Z", "2026-12-24T18:00:61Z", "2026-13-24T18:00:00Z",
        "2026-00-24T18:00:00Z", "2026-12-00T18:00:00Z", "2026-12-32T18:00:00Z",
        "2026-02-29T18:00:00Z", "2100-02-29T18:00:00Z", "2026-04-31T18:00:00Z",
        "2026/12/24T18:00:00Z", "2026-12-24T18:00:00 Z", "2026-12-24T18:00:00+1:00",
        "2026-12-24T18:00:00+24:00", "2026-12-24T18:00:00+01:60", "2026-12-24T18:00:00+0100",
        "2026-12-24T18:00:00.Z", "2026-12-24T18:00:00..5Z", "2026-12-24T18:00:0055Z",
        "2026-12-24T18:00:00.5", "2026-12-24T18:00:00ZZ", "+026-12-24T18:00:00Z",
        "2026-12-24T18:00:00Ｚ", "2026-12-24T18:00:00.00000000000000000000Z",
    ])
    func `anything else is refused`(text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back, in the same order`(seed: Seed) {
        var gen = Gen(seed)
        let moments = (0..<2).map { _ in
            Timestamp(seconds: Int64.random(in: -30_610_224_000...253_402_300_799, using: &gen))
        }
        #expect(moments.map { Timestamp(text: $0.text) } == moments)
        #expect((moments[0] < moments[1]) == (moments[0].text < moments[1].text))
    }

    @Test func `every day of four hundred years follows the one before`() {
        let start = Timestamp(seconds: 951_868_800)
        let texts = (0..<146_097).map { (start + $0 * 86400).text.prefix(10) }
        #expect(zip(texts, texts.dropFirst()).allSatisfy { $0 < $1 })
        #expect(texts.last == "2400-02-29")
        #expect(texts.count { $0.hasSuffix("-02-29") } == 97)
        #expect(texts.count { $0.hasSuffix("-01") } == 4800)
    }
}

import Forwarding
import Foundation
import TestKit
import Testing

@Suite struct `Zone files` {
    private static let folder = "/usr/share/zoneinfo/"

    private static func rules(_ name: String) throws -> TimeZoneRules {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + name)))
        return try #require(TimeZoneRules(file: bytes, name: Sample.zone(name)))
    }

    /// Python's own reader of the same files is the oracle.
    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
        "Asia/Tokyo",
        "Africa/Casablanca", "Asia/Kathmandu", "Europe/Dublin", "America/Sao_Paulo",
        "Pacific/Apia", "Antarctica/Troll", "Asia/Gaza",
    ])
    func `are read as another reader reads them, in the past and in the future`(
        name: String
    ) throws {
        let rules = try Self.rules(name)
        // Every 19 days from 1950 to 2090, an odd stretch so that days and hours vary.
        let moments = stride(from: Int64(-631_152_000), to: 3_786_912_000, by: 1_641_613)
        let script = """
            import sys, zoneinfo, datetime
            zone = zoneinfo.ZoneInfo(sys.argv[1])
            for line in sys.stdin:
                moment = datetime.datetime.fromtimestamp(int(line), zone)
                print(int(moment.utcoffset().total_seconds()))
            """
        let answer = try Command.run(
            ["python3", "-c", script, name],
            input: moments.map { "\($0)\n" }.joined())
        let expected = answer.output.split(separator: "\n").compactMap { Int($0) }
        #expect(expected.count > 2500, "\(answer.errors)")
        let wrong = zip(moments, expected).filter { moment, offset in
            rules.offset(at: Timestamp(seconds: moment)) != offset
        }
        #expect(wrong.isEmpty, "first at \(wrong.first?.0 ?? 0)")
    }

    @Test func `a change of the clocks is found to the second`() throws {
        let berlin = try Self.rules("Europe/Berlin")
        let summer = Sample.moment("2041-03-31T01:00:00Z")
        #expect(berlin.offset(at: summer + -1) == 3600)
        #expect(berlin.offset(at: summer) == 7200)
    }

    @Test(arguments: Seed.batch(300))
    func `any bytes are read or refused`(seed: Seed) throws {
        var gen = Gen(seed)
        var bytes = [UInt8](
            try Data(contentsOf: URL(filePath: Self.folder + "Europe/Berlin")))
        for _ in 0..<gen.int(1...20) {
            let place = gen.int(0...(bytes.count - 1))
            bytes[place] = UInt8(gen.int(0...255))
        }
        if gen.oneIn(3) { bytes.removeLast(gen.int(0...(bytes.count - 1))) }
        _ = TimeZoneRules(file: bytes, name: .utc)
    }
}

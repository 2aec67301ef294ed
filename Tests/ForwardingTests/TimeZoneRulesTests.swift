import Forwarding
import Foundation
import TestKit
import Testing

@Suite struct `Rules of a time zone` {
    /// The rules of the tests are those of the world.
    @Test(arguments: Zone.all)
    func `Foundation's clocks show the same`(rules: TimeZoneRules) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: rules.name.text))
        var moments = stride(from: 0, to: 730, by: 1).map {
            Sample.moment("2026-01-01T00:30:00Z") + $0 * 86400 + $0 * 97
        }
        moments += rules.transitions.flatMap { [$0.moment, $0.moment + -1] }
        for moment in moments {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday, .hour, .minute, .second],
                from: Date(timeIntervalSince1970: Double(moment.seconds)))
            let clock = rules.wallClock(at: moment)
            let (year, month, day) = clock.date.parts
            #expect([parts.year, parts.month, parts.day] == [Int(year), Int(month), Int(day)])
            #expect(parts.weekday == (clock.weekday.rawValue + 1) % 7 + 1)
            let second =
                (parts.hour ?? 0) * 3600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0)
            #expect(second == clock.secondOfDay)
        }
    }

    @Test(
        arguments: [
            (Zone.berlin, "2026-03-29 01:59", "00:59", "00:59"),
            (Zone.berlin, "2026-03-29 02:00", "01:00", "01:00"),
            (Zone.berlin, "2026-03-29 02:59", "01:00", "01:00"),
            (Zone.berlin, "2026-03-29 03:00", "01:00", "01:00"),
            (Zone.berlin, "2026-03-29 03:01", "01:01", "01:01"),
            (Zone.berlin, "2026-10-25 02:00", "00:00", "01:00"),
            (Zone.berlin, "2026-10-25 02:59", "00:59", "01:59"),
            (Zone.berlin, "2026-10-25 03:00", "02:00", "02:00"),
            (Zone.newYork, "2027-03-14 02:30", "07:00", "07:00"),
            (Zone.newYork, "2027-11-07 01:30", "05:30", "06:30"),
            (Zone.lordHowe, "2026-10-04 02:15", "15:30", "15:30"),
            (Zone.lordHowe, "2026-10-04 02:30", "15:30", "15:30"),
            (Zone.lordHowe, "2026-04-05 01:45", "14:45", "15:15"),
            (Zone.santiago, "2026-09-06 00:00", "04:00", "04:00"),
            (Zone.santiago, "2026-04-05 00:00", "04:00", "04:00"),
        ] as [(TimeZoneRules, String, String, String)])
    func `a time on the wall is once, twice or passed over`(
        rules: TimeZoneRules, clock: String, first: String, last: String
    ) {
        let clock = Sample.clock(clock)
        let (begin, end) = (rules.begin(of: clock), rules.end(of: clock))
        #expect(begin.text.dropFirst(11).prefix(5) == first)
        #expect(end.text.dropFirst(11).prefix(5) == last)
        #expect((0...3600).contains(end.seconds - begin.seconds))
    }

    @Test(arguments: Seed.batch(150))
    func `what clocks show at a moment leads back to it`(seed: Seed) {
        var gen = Gen(seed)
        let rules = gen.oneIn(3) ? gen.pick(Zone.all) : gen.rules(unit: 1)
        for _ in 0..<20 {
            let moment = gen.moment(in: rules)
            let clock = rules.wallClock(at: moment)
            let (begin, end) = (rules.begin(of: clock), rules.end(of: clock))
            #expect(begin <= moment && moment <= end)
            #expect(rules.wallClock(at: begin) >= clock && rules.wallClock(at: end) >= clock)
            // An earlier time is not shown for the first time later, nor a later one last earlier.
            let later = WallClock(clock.date, second: clock.secondOfDay + gen.int(1...90_000))
            #expect(begin <= rules.begin(of: later) && end <= rules.end(of: later))
        }
    }

    @Test func `transitions are put in order, and those that change nothing are left out`() throws {
        let moments = [5, 1, 3, 3, 9].map { Timestamp(seconds: $0) }
        let rules = try TimeZoneRules(
            name: .utc, initialOffset: 60,
            transitions: zip(moments, [0, 60, 120, 120, 0]).map { .init(at: $0, offset: $1) })
        #expect(rules.transitions.map(\.moment.seconds) == [3, 5])
        #expect(rules.transitions.map(\.offset) == [120, 0])
        #expect(
            [2, 3, 4, 5].map { rules.offset(at: Timestamp(seconds: $0)) } == [60, 120, 120, 0])
    }

    @Test func `what lies before all reckoning is where it begins`() throws {
        let rules = try TimeZoneRules(
            name: .utc, initialOffset: 0,
            transitions: [
                .init(at: Timestamp(seconds: .min), offset: 60),
                .init(at: Timestamp(seconds: -1 << 59), offset: 120),
                .init(at: Timestamp(seconds: .max), offset: 180),
            ])
        #expect(rules.initialOffset == 120 && rules.transitions == [])
    }

    @Test(
        arguments: [
            (0, [(1, 93_600)], .offset(93_600)), (-90_000, [], .offset(-90_000)),
            (.max, [(1, 0)], .offset(.max)), (0, [(1, .min)], .offset(.min)),
            (0, [(7, 60), (7, 120)], .twoAtOnce(Timestamp(seconds: 7))),
        ] as [(Int, [(Int64, Int)], TimeZoneRulesError)])
    func `rules that cannot be are refused`(
        offset: Int, transitions: [(Int64, Int)], error: TimeZoneRulesError
    ) {
        #expect(throws: error) {
            try TimeZoneRules(
                name: .utc, initialOffset: offset,
                transitions: transitions.map {
                    .init(at: Timestamp(seconds: $0.0), offset: $0.1)
                })
        }
    }

    @Test func `every zone that there is has a name`() {
        let names = TimeZone.knownTimeZoneIdentifiers
        #expect(names.count > 300)
        #expect(names.filter { TimeZoneName($0)?.text != $0 } == [])
    }

    @Test(arguments: [
        "", "europe/Berlin", "/Europe/Berlin", "Europe//Berlin", "Europe/", "..", "../Berlin",
        "Europe/../Berlin", "Europe/Ber lin", "Europe/Bérlin", "Europe/Berlin\n", "A/.", "A\0",
        "from", "A" + String(repeating: "b", count: 63),
    ])
    func `what is no name could lead anywhere`(text: String) {
        #expect(TimeZoneName(text) == nil)
    }
}

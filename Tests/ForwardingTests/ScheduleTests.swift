import Forwarding
import TestKit
import Testing

@Suite struct `Opening and closing` {
    /// A schedule, a moment of UTC, and the next four moments at which it opens and closes in
    /// turn; fewer when it stays as it is.
    typealias Case = (zone: TimeZoneRules, schedule: String, after: String, changes: [String])

    static let ordinary: [Case] = [
        (
            Zone.berlin, "mon-fri 18:00-23:00", "2026-12-04T12:00",
            ["2026-12-04T17:00", "2026-12-04T22:00", "2026-12-07T17:00", "2026-12-07T22:00"]
        ),
        (
            Zone.newYork, "sat,sun 10:00-02:00", "2026-12-04T12:00",
            ["2026-12-05T15:00", "2026-12-06T07:00", "2026-12-06T15:00", "2026-12-07T07:00"]
        ),
        // They touch or overlap.
        (
            .utc, "mon 10:00-12:00; mon 12:00-14:00; mon 13:00-15:00", "2026-12-07T11:00",
            ["2026-12-07T15:00", "2026-12-14T10:00", "2026-12-14T15:00", "2026-12-21T10:00"]
        ),
        (
            .utc, "sun 20:00-24:00; mon 00:00-04:00", "2026-12-05T00:00",
            ["2026-12-06T20:00", "2026-12-07T04:00", "2026-12-13T20:00", "2026-12-14T04:00"]
        ),
        (.utc, "daily 00:00-24:00", "2026-12-05T00:00", []),
        (.utc, "daily 20:00-08:00; daily 08:00-20:00", "2026-12-05T00:00", []),
        (Zone.lordHowe, "mon-sat 00:00-24:00; sun 00:00-24:00", "2026-01-01T00:00", []),
    ]

    static let forward: [Case] = [
        // 02:00 to 03:00 is left out.
        (
            Zone.berlin, "daily 02:30-05:00", "2026-03-28T12:00",
            ["2026-03-29T01:00", "2026-03-29T03:00", "2026-03-30T00:30", "2026-03-30T03:00"]
        ),
        (
            Zone.berlin, "daily 01:00-02:30", "2027-03-27T12:00",
            ["2027-03-28T00:00", "2027-03-28T01:00", "2027-03-28T23:00", "2027-03-29T00:30"]
        ),
        (
            Zone.berlin, "daily 02:10-02:50", "2026-03-28T12:00",
            ["2026-03-30T00:10", "2026-03-30T00:50", "2026-03-31T00:10", "2026-03-31T00:50"]
        ),
        // Seven hours.
        (
            Zone.berlin, "sat 22:00-06:00", "2026-03-28T12:00",
            ["2026-03-28T21:00", "2026-03-29T04:00", "2026-04-04T20:00", "2026-04-05T04:00"]
        ),
        (
            Zone.newYork, "sat 22:00-02:30", "2026-03-07T12:00",
            ["2026-03-08T03:00", "2026-03-08T07:00", "2026-03-15T02:00", "2026-03-15T06:30"]
        ),
        (
            Zone.lordHowe, "sun 02:15-03:00", "2026-10-03T00:00",
            ["2026-10-03T15:30", "2026-10-03T16:00", "2026-10-10T15:15", "2026-10-10T16:00"]
        ),
        (
            Zone.santiago, "sun 00:00-24:00", "2026-09-05T00:00",
            ["2026-09-06T04:00", "2026-09-07T03:00", "2026-09-13T03:00", "2026-09-14T03:00"]
        ),
    ]

    static let back: [Case] = [
        // 02:00 to 03:00 comes twice.
        (
            Zone.berlin, "daily 02:30-04:00", "2026-10-24T12:00",
            ["2026-10-25T00:30", "2026-10-25T03:00", "2026-10-26T01:30", "2026-10-26T03:00"]
        ),
        (
            Zone.berlin, "daily 01:00-02:30", "2026-10-24T12:00",
            ["2026-10-24T23:00", "2026-10-25T01:30", "2026-10-26T00:00", "2026-10-26T01:30"]
        ),
        (
            Zone.berlin, "daily 01:00-02:00", "2027-10-30T12:00",
            ["2027-10-30T23:00", "2027-10-31T01:00", "2027-11-01T00:00", "2027-11-01T01:00"]
        ),
        // Nine hours.
        (
            Zone.berlin, "sat 22:00-06:00", "2026-10-24T12:00",
            ["2026-10-24T20:00", "2026-10-25T05:00", "2026-10-31T21:00", "2026-11-01T05:00"]
        ),
        (
            Zone.newYork, "sat 22:00-01:30", "2026-10-31T12:00",
            ["2026-11-01T02:00", "2026-11-01T06:30", "2026-11-08T03:00", "2026-11-08T06:30"]
        ),
        (
            Zone.lordHowe, "sun 01:00-01:45", "2026-04-04T00:00",
            ["2026-04-04T14:00", "2026-04-04T15:15", "2026-04-11T14:30", "2026-04-11T15:15"]
        ),
        (
            Zone.santiago, "sat 00:00-24:00", "2026-04-04T00:00",
            ["2026-04-04T03:00", "2026-04-05T04:00", "2026-04-11T04:00", "2026-04-12T04:00"]
        ),
    ]

    static let dated: [Case] = [
        // The night of the last day runs to its end; that before the first day is closed.
        (
            .utc, "daily 20:00-02:00 from 2026-12-01 until 2026-12-02", "2026-11-30T00:00",
            ["2026-12-01T20:00", "2026-12-02T02:00", "2026-12-02T20:00", "2026-12-03T02:00"]
        ),
        (
            .utc, "daily 20:00-02:00 from 2026-12-01 until 2026-12-02", "2026-12-02T22:00",
            ["2026-12-03T02:00"]
        ),
        (
            .utc, "daily 00:00-24:00 from 2026-12-01 until 2030-06-30", "2026-11-01T00:00",
            ["2026-12-01T00:00", "2030-07-01T00:00"]
        ),
        (
            .utc, "daily 20:00-08:00; daily 08:00-20:00 from 2026-12-01 until 2026-12-03",
            "2026-11-01T00:00", ["2026-12-01T08:00", "2026-12-04T08:00"]
        ),
        // The first day has a hole that the week has not.
        (
            .utc, "daily 00:00-06:00; daily 22:00-21:59; daily 21:00-22:00 from 2026-12-01",
            "2026-12-01T03:00", ["2026-12-01T06:00", "2026-12-01T21:00"]
        ),
        (
            .utc, "mon 08:00-09:00 from 2031-01-01", "2026-12-01T00:00",
            ["2031-01-06T08:00", "2031-01-06T09:00", "2031-01-13T08:00", "2031-01-13T09:00"]
        ),
        (
            Zone.newYork, "mon 23:00-24:00 from 2026-12-07 until 2026-12-07", "2026-12-01T00:00",
            ["2026-12-08T04:00", "2026-12-08T05:00"]
        ),
        (.utc, "mon 08:00-09:00 until 2026-12-04", "2026-12-01T00:00", []),
        (.utc, "mon 08:00-09:00 from 2026-12-01 until 2026-12-06", "2026-12-01T00:00", []),
        // The only one is left out when the clocks are put forward.
        (Zone.berlin, "sun 02:10-02:50 from 2026-03-29 until 2026-03-29", "2026-03-01T00:00", []),
    ]

    @Test(arguments: ordinary + forward + back + dated)
    func `it opens and closes when it should`(expected: Case) throws {
        let schedule = try ForwardSpelling.schedule(expected.schedule)
        var moment = Sample.moment(expected.after + ":00Z")
        var changes: [String] = []
        while changes.count < 4, let next = schedule.nextChange(after: moment, in: expected.zone) {
            let wasOpen = schedule.isOpen(at: next + -1, in: expected.zone)
            #expect(schedule.isOpen(at: moment, in: expected.zone) == wasOpen)
            #expect(schedule.isOpen(at: next, in: expected.zone) != wasOpen)
            let end = schedule.closes(at: moment, in: expected.zone)
            #expect(end == (wasOpen ? next : nil))
            changes.append(String(next.text.dropLast(4)))
            moment = next
        }
        #expect(changes == expected.changes, "\(schedule)")
    }

    @Test func `the ends of time are answered`() throws {
        for text in ["daily 00:00-24:00", "mon 20:00-08:00", "daily 00:00-24:00 until 9999-12-31"] {
            let schedule = try ForwardSpelling.schedule(text)
            for rules in Zone.all {
                for moment in [Int64.min, -62_135_596_801, 253_402_300_800, .max] {
                    let moment = Timestamp(seconds: moment)
                    #expect(!schedule.isOpen(at: moment, in: rules))
                    #expect(schedule.nextChange(after: moment, in: rules) == nil)
                    #expect(schedule.closes(at: moment, in: rules) == nil)
                }
                for moment in [TimeZoneRules.reach.lowerBound, TimeZoneRules.reach.upperBound] {
                    #expect(
                        schedule.nextChange(after: moment, in: rules).map { $0 > moment } ?? true)
                }
            }
        }
    }

    @Test func `windows are the same in any order, and once`() throws {
        let windows = try ["mon 08:00-09:00", "sun 08:00-09:00", "daily 01:00-02:00"]
            .map { try #require(try ForwardSpelling.schedule($0).windows.first) }
        #expect(try Schedule(windows + windows) == Schedule(windows.reversed()))
        #expect(try Schedule(windows + windows).windows.count == 3)
    }

    @Test func `what is no schedule cannot be made`() throws {
        let (eight, nine) = (TimeOfDay(hour: 8, minute: 0), TimeOfDay(hour: 9, minute: 0))
        let (from, to) = (try #require(eight), try #require(nine))
        let window = try Schedule.Window(.daily, from: from, to: to)
        #expect(throws: ScheduleError.noWindow) { try Schedule([]) }
        #expect(throws: ScheduleError.tooManyWindows(limit: 64)) {
            try Schedule(Array(repeating: window, count: 65))
        }
        let (first, last) = (Sample.date("2027-01-06"), Sample.date("2026-12-01"))
        #expect(throws: ScheduleError.reversed(meant: last, first)) {
            try Schedule([window], from: first, until: last)
        }
        #expect(throws: Never.self) { try Schedule([window], from: last, until: last) }
        #expect(throws: ScheduleError.noDays) {
            try Schedule.Window(Weekdays([]), from: from, to: to)
        }
        #expect(throws: ScheduleError.noLength) {
            try Schedule.Window(.daily, from: from, to: from)
        }
        #expect(throws: ScheduleError.beginsAtEnd) {
            try Schedule.Window(.daily, from: .endOfDay, to: from)
        }
        #expect(try Schedule.Window(.daily, from: from, to: .startOfDay).to == .endOfDay)
    }
}

import Forwarding
import TestKit
import Testing

@Suite struct `Spelling of schedules` {
    @Test(arguments: [
        ("mon-fri 18:00-23:00", "mon-fri 18:00-23:00"),
        ("sat,sun 10:00-02:00", "sat,sun 10:00-02:00"),
        ("daily 08:00-20:00", "daily 08:00-20:00"),
        ("mon-sun 8:00-20:00", "daily 08:00-20:00"),
        ("fri-mon 0:00-24:00", "mon,fri-sun 00:00-24:00"),
        ("Monday, wed - FRI 18:00-00:00", "mon,wed-fri 18:00-24:00"),
        ("tue,mon 18:00-19:00", "mon,tue 18:00-19:00"),
        ("sun-sun 18:00-19:00", "sun 18:00-19:00"),
        (
            "tue 01:00-02:00 ;mon 01:00-02:00;  tue 01:00-02:00",
            "mon 01:00-02:00; tue 01:00-02:00"
        ),
        (
            "mon-fri 18:00-23:00; sat,sun 10:00-02:00 Europe/Berlin FROM 2026-12-01 until 2027-01-06",
            "mon-fri 18:00-23:00; sat,sun 10:00-02:00 Europe/Berlin from 2026-12-01 until 2027-01-06"
        ),
        ("daily 08:00-20:00 Etc/GMT+5", "daily 08:00-20:00 Etc/GMT+5"),
        ("daily 08:00-20:00 from 2028-02-29", "daily 08:00-20:00 from 2028-02-29"),
        (" daily  08:00-20:00  until 2026-12-01 ", "daily 08:00-20:00 until 2026-12-01"),
    ])
    func `it is read, and printed in one way`(text: String, printed: String) throws {
        let schedule = try ForwardSpelling.schedule(text)
        #expect(schedule.description == printed)
        #expect(try ForwardSpelling.schedule(printed) == schedule)
    }

    @Test func `its parts are what they say`() throws {
        let schedule = try ForwardSpelling.schedule(
            "fri-sun 22:30-06:05 America/New_York from 2026-12-01 until 2027-01-06")
        let window = try #require(schedule.windows.first)
        #expect(window.days.all == [.friday, .saturday, .sunday])
        #expect((window.from.minutes, window.to.minutes) == (1350, 365))
        #expect(window.isOverMidnight && window.length == 455)
        #expect(schedule.zone == Sample.zone("America/New_York"))
        #expect(schedule.firstDay == Sample.date("2026-12-01"))
        #expect(schedule.lastDay == Sample.date("2027-01-06"))
        #expect(try ForwardSpelling.schedule("mon 08:00-09:00").zone == nil)
    }

    static let wrong: [(String, String, ScheduleError)] = [
        ("", "", .noWindow), ("  ", "  ", .noWindow), (";", ";", .noWindow),
        ("mon 08:00-09:00;", "mon 08:00-09:00;", .noWindow),
        ("mo 08:00-09:00", "mo", .unknownDay(nearest: "mon")),
        ("mon,teusday 08:00-09:00", "teusday", .unknownDay(nearest: "tuesday")),
        ("dayly 08:00-09:00", "dayly", .unknownDay(nearest: "daily")),
        ("holidays 08:00-09:00", "holidays", .unknownDay(nearest: nil)),
        ("mon tue 08:00-09:00", "mon tue", .unknownDay(nearest: nil)),
        ("mon, 08:00-09:00", "", .unknownDay(nearest: nil)),
        ("mon-wed-fri 08:00-09:00", "wed-fri", .unknownDay(nearest: nil)),
        ("08:00-09:00", "08:00-09:00", .noDays), ("mon", "mon", .noTimes),
        ("mon Europe/Berlin", "mon Europe/Berlin", .noTimes),
        ("always", "always", .unknownDay(nearest: nil)),
        ("mon 08:00", "08:00", .noTimes), ("mon 08:00-09:00-10:00", "08:00-09:00-10:00", .noTimes),
        ("mon 25:00-26:00", "25:00", .time), ("mon 08:00-24:01", "24:01", .time),
        ("mon 08:60-09:00", "08:60", .time), ("mon 8-9", "8", .time),
        ("mon 08:00-", "", .time), ("mon 008:00-09:00", "008:00", .time),
        ("mon 08:0-09:00", "08:0", .time), ("mon 08:00:00-09:00", "08:00:00", .time),
        ("mon 08:00-+9:00", "+9:00", .time), ("mon 08:00-٠٩:00", "٠٩:00", .time),
        ("mon 10:00-10:00", "10:00-10:00", .noLength),
        ("mon 00:00-00:00", "00:00-00:00", .noLength),
        ("mon 24:00-02:00", "24:00-02:00", .beginsAtEnd),
        ("mon 08:00-09:00 europe/berlin", "europe/berlin", .zone),
        ("mon 08:00-09:00 ../../etc/shadow", "../../etc/shadow", .zone),
        ("mon 08:00-09:00 tue 08:00-09:00", "tue", .word),
        ("mon 08:00-09:00 10:00-11:00", "10:00-11:00", .word),
        ("mon 08:00-09:00 UTC; tue 08:00-09:00", "UTC", .word),
        ("mon 08:00-09:00 UTC CET", "CET", .word),
        ("mon 08:00-09:00 until 2027-01-06 from 2026-12-01", "from", .word),
        ("mon 08:00-09:00 from 2026-12-01 2026-12-02", "2026-12-02", .word),
        ("mon 08:00-09:00 from", "from", .date), ("mon 08:00-09:00 until now", "now", .date),
        ("mon 08:00-09:00 from 2026-13-01", "2026-13-01", .date),
        ("mon 08:00-09:00 from 2026-12-00", "2026-12-00", .date),
        ("mon 08:00-09:00 from 2026-1-01", "2026-1-01", .date),
        ("mon 08:00-09:00 from 2026-12-+1", "2026-12-+1", .date),
        (
            "mon 08:00-09:00 from 2026-02-30", "2026-02-30",
            .pastMonth(last: Sample.date("2026-02-28"))
        ),
        (
            "mon 08:00-09:00 until 2028-02-30", "2028-02-30",
            .pastMonth(last: Sample.date("2028-02-29"))
        ),
        (
            "mon 08:00-09:00 from 2027-01-06 until 2026-12-01",
            "mon 08:00-09:00 from 2027-01-06 until 2026-12-01",
            .reversed(meant: Sample.date("2026-12-01"), Sample.date("2027-01-06"))
        ),
    ]

    @Test(arguments: wrong)
    func `anything else is refused with the word at fault`(
        text: String, value: String, error: ScheduleError
    ) {
        #expect(throws: Refusal(field: .schedule, value: value, problem: .schedule(error))) {
            try ForwardSpelling.schedule(text)
        }
    }

    @Test func `a text of any length is answered`() throws {
        let window = "mon,tue,thu,sat,sun 18:00-23:00"
        let many = Array(repeating: window, count: 65).joined(separator: "; ")
        let tooMany = Problem.schedule(.tooManyWindows(limit: 64))
        #expect(throws: Refusal(field: .schedule, value: many, problem: tooMany)) {
            try ForwardSpelling.schedule(many)
        }
        let long = String(repeating: window + ";", count: 100_000)
        #expect(throws: Refusal(field: .schedule, value: long, problem: .tooLong(limit: 4096))) {
            try ForwardSpelling.schedule(long)
        }
    }
}

import Forwarding
import Foundation
import TestKit
import Testing

@Suite struct `Day of the calendar` {
    @Test(
        arguments: [
            ("1970-01-01", 0, .thursday), ("1969-12-31", -1, .wednesday),
            ("2000-02-29", 11_016, .tuesday), ("2026-12-24", 20_811, .thursday),
            ("2100-03-01", 47_541, .monday), ("0001-01-01", -719_162, .monday),
            ("0000-02-29", -719_469, .tuesday), ("9999-12-31", 2_932_896, .friday),
        ] as [(String, Int64, Weekday)])
    func `days are counted from 1970 on`(text: String, number: Int64, weekday: Weekday) {
        let date = Sample.date(text)
        #expect(date.number == number)
        #expect(date.weekday == weekday)
        #expect(CivilDate(number: number).description == text)
    }

    @Test(
        arguments: [
            (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 1, 32), (2026, 1, 0), (2026, 0, 1),
            (2026, 13, 1), (-1, 1, 1), (10_000, 1, 1), (2026, .max, 1), (2026, 1, .min),
        ] as [(Int64, Int64, Int64)])
    func `a day that there is not is none`(year: Int64, month: Int64, day: Int64) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `every day of eight hundred years is the one after the one before`() {
        var (year, month, day): (Int64, Int64, Int64) = (1599, 12, 31)
        var wrong: [String] = []
        let start = Sample.date("1600-01-01")
        for count in 0..<292_194 {
            day += 1
            if day > CivilDate.length(ofMonth: month, year: year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            let date = start + Int64(count)
            if date.parts != (year, month, day) { wrong.append("\(date)") }
            if CivilDate(year: year, month: month, day: day) != date { wrong.append("\(date)") }
        }
        #expect(wrong == [])
        #expect((year, month, day) == (2399, 12, 31))
    }

    /// Foundation's calendar is Julian before 1582.
    @Test(arguments: Seed.batch(200))
    func `Foundation counts the same days`(seed: Seed) throws {
        var gen = Gen(seed)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let number = Int64(gen.int(-135_140...2_932_896))
        let date = CivilDate(number: number)
        let moment = Date(timeIntervalSince1970: Double(number) * 86400)
        let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: moment)
        #expect(parts.year == Int(date.parts.year))
        #expect(parts.month == Int(date.parts.month))
        #expect(parts.day == Int(date.parts.day))
        // Foundation's week begins with Sunday, as 1.
        #expect(parts.weekday == (date.weekday.rawValue + 1) % 7 + 1)
        let (year, month, day) = date.parts
        #expect(CivilDate(year: year, month: month, day: day) == date)
    }
}

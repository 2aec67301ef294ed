import Forwarding
import TestKit
import Testing

/// The rules of some zones, as far as the tests go: 2026 and 2027.
enum Zone {
    static let berlin = zone(
        "Europe/Berlin", 3600,
        [
            ("2026-03-29T01:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600),
            ("2027-03-28T01:00:00Z", 7200), ("2027-10-31T01:00:00Z", 3600),
        ])

    static let newYork = zone(
        "America/New_York", -18_000,
        [
            ("2026-03-08T07:00:00Z", -14_400), ("2026-11-01T06:00:00Z", -18_000),
            ("2027-03-14T07:00:00Z", -14_400), ("2027-11-07T06:00:00Z", -18_000),
        ])

    /// Half an hour, not a whole one.
    static let lordHowe = zone(
        "Australia/Lord_Howe", 39_600,
        [
            ("2026-04-04T15:00:00Z", 37_800), ("2026-10-03T15:30:00Z", 39_600),
            ("2027-04-03T15:00:00Z", 37_800), ("2027-10-02T15:30:00Z", 39_600),
        ])

    /// At midnight: a day without its first hour, and one that has its last hour twice.
    static let santiago = zone(
        "America/Santiago", -10_800,
        [
            ("2026-04-05T03:00:00Z", -14_400), ("2026-09-06T04:00:00Z", -10_800),
            ("2027-04-04T03:00:00Z", -14_400), ("2027-09-05T04:00:00Z", -10_800),
        ])

    static let all = [berlin, newYork, lordHowe, santiago]

    private static func zone(
        _ name: String, _ offset: Int, _ transitions: [(String, Int)]
    ) -> TimeZoneRules {
        let rules = try? TimeZoneRules(
            name: Sample.zone(name), initialOffset: offset,
            transitions: transitions.map { .init(at: Sample.moment($0.0), offset: $0.1) })
        guard let rules else { preconditionFailure("no rules: \(name)") }
        return rules
    }
}

extension TimeZoneRules: CustomTestStringConvertible {
    package var testDescription: String { name.text }
}

extension Sample {
    static func moment(_ text: String) -> Timestamp {
        guard let moment = Timestamp(text: text) else { preconditionFailure("no moment: \(text)") }
        return moment
    }

    static func zone(_ text: String) -> TimeZoneName {
        guard let name = TimeZoneName(text) else { preconditionFailure("no zone: \(text)") }
        return name
    }

    static func date(_ text: String) -> CivilDate {
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 3,
            let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
        else { preconditionFailure("no date: \(text)") }
        return date
    }

    /// `2026-12-24 18:00`.
    static func clock(_ text: String) -> WallClock {
        let parts = text.split(separator: " ")
        let time = parts[1].split(separator: ":").compactMap { Int($0) }
        return WallClock(date(String(parts[0])), second: time[0] * 3600 + time[1] * 60)
    }
}

extension ForwardSpelling {
    /// `mon-fri 18:00-23:00; sat,sun 10:00-02:00 Europe/Berlin from 2026-12-01 until 2027-01-06`:
    /// windows, and behind the last one a zone and days where they are wanted.
    package static func schedule(_ text: String) throws(Refusal) -> Schedule {
        guard text.utf8.count <= longestSchedule else {
            throw Refusal(field: .schedule, value: text, problem: .tooLong(limit: longestSchedule))
        }
        var (windows, rest): ([Schedule.Window], ArraySlice<Substring>) = ([], [])
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            if let word = rest.first { throw refusal(word, .word) }
            var words = part.split(separator: " ")[...]
            guard !words.isEmpty else { throw refusal(text, .noWindow) }
            windows.append(try window(&words))
            rest = words
        }
        let zone = try zone(&rest)
        let first = try date(after: "from", &rest)
        let last = try date(after: "until", &rest)
        if let word = rest.first { throw refusal(word, .word) }
        do throws(ScheduleError) {
            return try Schedule(windows, zone: zone, from: first, until: last)
        } catch { throw refusal(text, error) }
    }

    /// In bytes; the longest schedule there can be is shorter.
    package static let longestSchedule = 4096

    private static func refusal(_ value: some StringProtocol, _ error: ScheduleError) -> Refusal {
        Refusal(field: .schedule, value: String(value), problem: .schedule(error))
    }

    /// Takes the days and the times, and leaves the words behind them.
    private static func window(
        _ words: inout ArraySlice<Substring>
    ) throws(Refusal) -> Schedule.Window {
        guard let place = words.firstIndex(where: startsWithDigit) else {
            _ = try days(words.prefix(1))
            throw refusal(words.joined(separator: " "), .noTimes)
        }
        let times = words[place]
        guard place > words.startIndex else { throw refusal(times, .noDays) }
        let days = try days(words[..<place])
        words = words[(place + 1)...]
        let bounds = times.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { throw refusal(times, .noTimes) }
        let (from, to) = (try time(bounds[0]), try time(bounds[1]))
        do throws(ScheduleError) {
            return try Schedule.Window(days, from: from, to: to)
        } catch { throw refusal(times, error) }
    }

    private static func startsWithDigit(_ word: Substring) -> Bool {
        word.utf8.first.map { (48...57).contains($0) } ?? false
    }

    /// `daily`, `mon`, `mon,wed`, `fri-mon`, with spaces around the signs or without.
    private static func days(_ words: ArraySlice<Substring>) throws(Refusal) -> Weekdays {
        let text = words.joined(separator: " ").lowercased()
        guard text != daily else { return .daily }
        var found: [Weekday] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let (first, last) = (try day(ends[0]), try day(ends[ends.count - 1]))
            let count = (last.rawValue - first.rawValue + 7) % 7
            found += (0...count).map { Weekday.allCases[(first.rawValue + $0) % 7] }
        }
        return Weekdays(found)
    }

    private static func day(_ text: Substring) throws(Refusal) -> Weekday {
        let name = text.split(separator: " ").joined(separator: " ")
        let found = Weekday.allCases.first { $0.short == name || $0.long == name }
        if let found { return found }
        let names = Weekday.allCases.flatMap { [$0.short, $0.long] } + [daily]
        throw refusal(name, .unknownDay(nearest: nearestName(to: name, among: names)))
    }

    fileprivate static let daily = "daily"

    /// `18:00`, `8:00`.
    private static func time(_ text: Substring) throws(Refusal) -> TimeOfDay {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            let hour = number(parts[0]), let minute = number(parts[1]),
            let time = TimeOfDay(hour: Int(hour), minute: Int(minute))
        else { throw refusal(text, .time) }
        return time
    }

    private static func zone(
        _ words: inout ArraySlice<Substring>
    ) throws(Refusal) -> TimeZoneName? {
        guard let word = words.first, !["from", "until"].contains(word.lowercased()) else {
            return nil
        }
        guard let zone = TimeZoneName(word) else {
            // The next window, without a sign between.
            let isDay = (try? days([word])) != nil
            throw refusal(word, isDay || startsWithDigit(word) ? .word : .zone)
        }
        words.removeFirst()
        return zone
    }

    private static func date(
        after keyword: String, _ words: inout ArraySlice<Substring>
    ) throws(Refusal) -> CivilDate? {
        guard let word = words.first, word.lowercased() == keyword else { return nil }
        words.removeFirst()
        guard let text = words.popFirst() else { throw refusal(word, .date) }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = number(parts[0]),
            let month = number(parts[1]), let day = number(parts[2]), day > 0
        else { throw refusal(text, .date) }
        if let date = CivilDate(year: year, month: month, day: day) { return date }
        guard (1...12).contains(month) else { throw refusal(text, .date) }
        let length = CivilDate.length(ofMonth: month, year: year)
        guard let last = CivilDate(year: year, month: month, day: length) else {
            throw refusal(text, .date)
        }
        throw refusal(text, .pastMonth(last: last))
    }

    /// ASCII digits and nothing else.
    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
    }
}

extension Weekday {
    fileprivate var long: String { "\(self)" }
    fileprivate var short: String { String(long.prefix(3)) }
}

extension Weekdays: CustomStringConvertible {
    /// Three days in a row or more as `mon-wed`, the whole week as `daily`.
    package var description: String {
        guard self != .daily else { return ForwardSpelling.daily }
        let runs = all.reduce(into: [] as [[Weekday]]) { runs, day in
            if let last = runs.last?.last, last.rawValue + 1 == day.rawValue {
                runs[runs.count - 1].append(day)
            } else {
                runs.append([day])
            }
        }
        return runs.map { run in
            let names = run.map(\.short)
            return run.count < 3
                ? names.joined(separator: ",") : "\(names[0])-\(names[names.count - 1])"
        }.joined(separator: ",")
    }
}

extension TimeOfDay: CustomStringConvertible {
    package var description: String {
        "\(padded(Int64(minutes / 60), to: 2)):\(padded(Int64(minutes % 60), to: 2))"
    }
}

extension CivilDate: CustomStringConvertible {
    /// ISO 8601: `2026-12-24`.
    package var description: String {
        let (year, month, day) = parts
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}

private func padded(_ number: Int64, to width: Int) -> String {
    let digits = "\(number.magnitude)"
    return (number < 0 ? "-" : "")
        + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Schedule.Window: CustomStringConvertible {
    package var description: String { "\(days) \(from)-\(to)" }
}

extension Schedule: CustomStringConvertible {
    /// What `ForwardSpelling.schedule` reads.
    package var description: String {
        windows.map(\.description).joined(separator: "; ")
            + (zone.map { " \($0)" } ?? "") + (firstDay.map { " from \($0)" } ?? "")
            + (lastDay.map { " until \($0)" } ?? "")
    }
}

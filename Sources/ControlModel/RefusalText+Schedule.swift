import Forwarding

extension Refusal {
    static func text(_ error: ScheduleError) -> String {
        switch error {
        case .noWindow: "lacks a window of days and times"
        case .tooManyWindows(let limit): "has more than \(limit) windows"
        case .noDays: "does not say on which days"
        case .unknownDay: "is no day of the week"
        case .noTimes: "does not say from which time to which"
        case .time: "is no time of day"
        case .noLength: "ends when it begins"
        case .beginsAtEnd: "begins at 24:00, the end of a day"
        case .zone: "is no name of a time zone"
        case .date: "is no day of the calendar"
        case .pastMonth: "lies behind the end of its month"
        case .reversed: "ends before its first day"
        case .word: "is out of place"
        }
    }

    func scheduleAdvice(_ error: ScheduleError) -> String {
        switch error {
        case .noWindow: "write mon-fri 18:00-23:00, with \";\" only between two such windows"
        case .tooManyWindows: "join days that have the same times, as in mon,wed 18:00-23:00"
        case .noDays: "write daily \(value), or days such as mon-fri before it"
        case .unknownDay(let nearest):
            nearest.map { "did you mean \"\($0)\"?" }
                ?? "write mon, tue, wed, thu, fri, sat, sun or daily, as in mon-fri or sat,sun"
        case .noTimes: "write the times as in mon-fri 18:00-23:00"
        case .time: "write 00:00 to 23:59, or 24:00 for the end of a day"
        case .noLength: "write 00:00-24:00 for the whole day"
        case .beginsAtEnd: "write 00:00 and the day after"
        case .zone: "write a name such as Europe/Berlin, or nothing for the gateway's own zone"
        case .date: "write a day such as 2026-12-24"
        case .pastMonth(let last): "write \(last)"
        case .reversed(let first, let last): "write from \(first) until \(last)"
        case .word:
            "put \";\" between windows, and last the zone, \"from\" and \"until\", in this order"
        }
    }
}

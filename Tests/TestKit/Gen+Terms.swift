package import Forwarding

/// Random schedules and limits, for any test that makes forwards.
extension Gen {
    /// Mostly none.
    package mutating func limits() -> Limits {
        guard oneIn(3) else { return .none }
        return Limits(
            connections: oneIn(3) ? UInt32(int(1...1000)) : nil,
            connectionsPerSource: oneIn(3) ? UInt32(int(1...50)) : nil,
            rate: oneIn(3) ? rate() : nil, ratePerSource: oneIn(3) ? rate() : nil,
            monthly: oneIn(3) ? UInt64(int(1_000_000...2_000_000_000)) : nil,
            bandwidth: oneIn(3) ? UInt64(int(1000...1_000_000)) * 8 : nil)
    }

    private mutating func rate() -> ConnectionRate {
        ConnectionRate(UInt32(int(1...500)), per: pick(ConnectionRate.Unit.allCases))
    }

    /// One that the sample's clock finds open, closed, or going on to change.
    package mutating func weeklySchedule() -> Schedule? {
        let days = Weekday.allCases.filter { _ in oneIn(2) } + [pick(Weekday.allCases)]
        guard let from = TimeOfDay(minutes: int(0...1439)),
            let to = TimeOfDay(minutes: int(0...1440)),
            let window = try? Schedule.Window(Weekdays(days), from: from, to: to)
        else { return nil }
        return try? Schedule([window])
    }
}

import Forwarding

/// The time, by which leases end.
enum ClockChecks {
    /// 2025-01-01: before this program was written.
    private static let earliest = Timestamp(seconds: 1_735_689_600)

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let isTimed = seen.situation.table.all.contains { $0.ends != nil }
        let matters =
            isTimed ? "forwards with an end stop at a wrong time" : "the record has wrong times"
        let remedy = "start a time service: timedatectl set-ntp true, or chrony"
        guard seen.situation.now >= earliest else {
            return [
                Finding(
                    "clock-wrong", .problem,
                    what: "the clock says \(seen.situation.now.text), long ago", why: matters,
                    remedy: remedy)
            ]
        }
        guard seen.clockIsSynchronised == false else { return [] }
        return [
            Finding(
                "clock-unsynchronised", isTimed ? .warning : .note,
                what: "no time server keeps the clock", why: matters + " when it drifts",
                remedy: remedy)
        ]
    }
}

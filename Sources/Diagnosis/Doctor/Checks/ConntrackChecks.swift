/// Room for flows in connection tracking.
enum ConntrackChecks {
    private static let most = "net/netfilter/nf_conntrack_max"
    /// A household's; a flow takes about 320 bytes.
    private static let fair = 16_384

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        guard let limit = seen.setting(most), limit > 0,
            let count = seen.setting("net/netfilter/nf_conntrack_count")
        else { return [] }
        let percent = (Double(count) / Double(limit) * 100).rounded(.down)
        let change = [SettingChange(most, "\(larger(limit))")]
        if percent >= 75 {
            return [
                Finding(
                    "conntrack-nearly-full", percent >= 95 ? .problem : .warning,
                    what: "\(count) of \(limit) flows are in use (\(Int(percent)) %)",
                    why: "when it is full, the kernel drops the first packet of every new"
                        + " connection",
                    remedy: change.remedy, fix: .settings(change))
            ]
        }
        guard limit < fair else { return [] }
        return [
            Finding(
                "conntrack-small", .note, what: "there is room for \(limit) flows only",
                why: "one busy client of a file-sharing program can use that up",
                remedy: change.remedy, fix: .settings(change))
        ]
    }

    private static func larger(_ limit: Int) -> Int {
        guard limit < fair else { return limit < Int(Int32.max) / 2 ? limit * 2 : limit }
        return max(fair * 4, limit)
    }
}

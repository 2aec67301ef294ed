/// How long the kernel remembers a silent flow, against what the RFCs ask of a NAT.
enum TimeoutChecks {
    struct Rule {
        var name: String
        /// Seconds.
        var least: Int
        /// The kernel's own default: below the RFC by choice, and no sign of a mistake.
        var kernelDefault: Int
        var source: String
    }

    static let rules = [
        Rule(name: "udp_timeout", least: 120, kernelDefault: 30, source: "RFC 4787 REQ-5"),
        Rule(name: "udp_timeout_stream", least: 120, kernelDefault: 120, source: "RFC 4787 REQ-5"),
        Rule(
            name: "tcp_timeout_established", least: 7440, kernelDefault: 432_000,
            source: "RFC 5382 REQ-5"),
        Rule(
            name: "tcp_timeout_syn_sent", least: 240, kernelDefault: 120, source: "RFC 5382 REQ-5"),
        Rule(
            name: "tcp_timeout_fin_wait", least: 240, kernelDefault: 120, source: "RFC 5382 REQ-5"),
        Rule(name: "icmp_timeout", least: 60, kernelDefault: 30, source: "RFC 5508 REQ-2"),
        Rule(name: "icmpv6_timeout", least: 60, kernelDefault: 30, source: "RFC 5508 REQ-2"),
    ]

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let short = rules.compactMap { rule -> (Rule, Int)? in
            guard let value = seen.setting(path(rule)), value < rule.least else { return nil }
            return (rule, value)
        }
        let below = short.filter { $0.1 < $0.0.kernelDefault }
        return [
            finding(below, .warning, "shorter than the kernel's own"),
            finding(
                short.filter { $0.1 >= $0.0.kernelDefault }, .note,
                "the kernel's own, shorter than a NAT should have"),
        ].compactMap(\.self)
    }

    static func path(_ rule: Rule) -> String { "net/netfilter/nf_conntrack_\(rule.name)" }

    private static func finding(
        _ short: [(Rule, Int)], _ severity: Finding.Severity, _ words: String
    ) -> Finding? {
        guard !short.isEmpty else { return nil }
        let values = short.map { "\($0.0.name) \($0.1) s, \($0.0.source) asks for \($0.0.least)" }
        let changes = short.map { SettingChange(path($0.0), "\($0.0.least)") }
        return Finding(
            severity == .note ? "time-outs-default" : "time-outs-short", severity,
            what: "silent flows are forgotten early, \(words): " + values.joined(separator: "; "),
            why: "games, calls and sessions that pause lose their way back, and the client's"
                + " address changes its port",
            remedy: changes.remedy, fix: .settings(changes))
    }
}

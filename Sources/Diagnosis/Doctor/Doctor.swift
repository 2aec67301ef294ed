/// What is wrong around the table, found by checks that are pure functions of what was read.
///
/// Theory of operation. Gathering reads everything at once, each source for itself; what cannot be
/// read leaves a hole and a note, and the other checks go on. Every family of checks is a function
/// of the observations alone, so that each is tested without a machine, and any machine can be made
/// up. A finding says what, why it matters and what to do; it is fixed only by what `SafeFix` names.
package enum Doctor {
    package typealias Check = @Sendable (Observations) -> [Finding]

    /// In the order in which a person would look.
    static let checks: [Check] = [
        WANChecks.findings, WANAddressChecks.findings, MirrorChecks.findings,
        RoutingChecks.findings, ReversePathChecks.findings, DuplicateChecks.findings,
        ForeignDropChecks.findings, ForeignTranslationChecks.findings,
        ForeignTableChecks.findings, ListenerChecks.findings, StateChecks.findings,
        TargetChecks.findings, ReturnChecks.findings, BridgeChecks.findings,
        ConntrackChecks.findings, TimeoutChecks.findings, SizeChecks.findings,
        ClockChecks.findings, EngineChecks.findings, ReadingChecks.findings,
    ]

    /// Where the relay carries everything: the kernel routes and translates nothing for it, and its
    /// tables may not be readable.
    static let relayChecks: [Check] = [
        WANChecks.findings, WANAddressChecks.findings, MirrorChecks.findings,
        DuplicateChecks.findings, StateChecks.findings, TargetChecks.findings,
        ConntrackChecks.findings, ClockChecks.findings, ReadingChecks.findings,
    ]

    /// What is worst stands first.
    package static func examine(_ observations: Observations) -> [Finding] {
        // An interface that is named twice has its findings once.
        var seen: Set<Finding> = []
        let checks = observations.usesKernel ? checks : relayChecks
        let findings = checks.flatMap { $0(observations) }.filter { seen.insert($0).inserted }
        return Finding.Severity.allCases.flatMap { severity in
            findings.filter { $0.severity == severity }
        }
    }
}

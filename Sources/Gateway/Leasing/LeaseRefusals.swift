package import Addressing
package import Forwarding

/// What devices were refused, by reason.
///
/// As much is kept as there are reasons, and said as a person can read: anybody inside can ask without end.
package struct LeaseRefusals: Sendable {
    private var tallies: [String: Tally] = [:]
    /// The minute in which lines are counted, and about what there was one.
    private var minute = Timestamp(seconds: 0)
    private var said: Set<Subject> = []

    /// Lines in the log in one minute.
    static let mostLines = 10

    package struct Tally: Hashable, Sendable {
        /// The latest of its reason.
        package var denial: LeaseDenial
        package var device: IPAddress
        package var dialect: MappingDialect
        package var last: Timestamp
        package var count: Int
    }

    private struct Subject: Hashable {
        var device: IPAddress
        var reason: String
    }

    /// The most frequent first.
    package var all: [Tally] {
        tallies.values.sorted { ($1.count, $0.denial.code) < ($0.count, $1.denial.code) }
    }

    /// - Returns: whether it is to be said in the log: once a minute of each device and reason.
    mutating func count(_ denial: LeaseDenial, _ asker: LeaseAsker, at now: Timestamp) -> Bool {
        let count = (tallies[denial.code]?.count ?? 0) + 1
        tallies[denial.code] = Tally(
            denial: denial, device: asker.device, dialect: asker.dialect, last: now, count: count)
        if now >= minute + 60 || now < minute { (minute, said) = (now, []) }
        guard said.count < Self.mostLines else { return false }
        return said.insert(Subject(device: asker.device, reason: denial.code)).inserted
    }
}

package import Forwarding

/// How often passwords may be tried: by one source, and by all of them together.
///
/// After a few that were wrong each further one makes the next wait twice as long. An attempt counts as
/// wrong from its beginning, so that many at once are no way around; one that was right takes it back.
/// One-time links do not come here: who is locked out of the password has them.
package struct AttemptGate: Sendable {
    private struct Record {
        var failures = 0
        var open = Timestamp(seconds: 0)
        var last = Timestamp(seconds: 0)

        mutating func count(at now: Timestamp, free: Int, longest: Int64) {
            failures += 1
            last = now
            guard failures >= free else { return }
            open = now + min(longest, 1 << Int64(min(failures - free, 40)))
        }
    }

    private var sources: [String: Record] = [:]
    private var all = Record()

    /// What is wrong without a wait; the longest wait, in seconds.
    private static let (freeOfSource, longestOfSource): (Int, Int64) = (4, 900)
    private static let (freeOfAll, longestOfAll): (Int, Int64) = (40, 60)
    /// After so many seconds without one, nothing is held against a source.
    private static let memory: Int64 = 3600
    /// More sources are not remembered one by one; the bound for all of them still holds.
    private static let mostSources = 1024

    package init() {}

    /// Begins an attempt.
    ///
    /// - Returns: nil if it may be made; else how many seconds are to be waited for.
    package mutating func begin(from source: String, at now: Timestamp) -> Int64? {
        forget(at: now)
        let record = sources[source] ?? Record()
        let opens = max(record.open, all.open)
        guard opens <= now else { return opens.seconds - now.seconds }
        all.count(at: now, free: Self.freeOfAll, longest: Self.longestOfAll)
        guard sources[source] != nil || sources.count < Self.mostSources else { return nil }
        sources[source, default: record].count(
            at: now, free: Self.freeOfSource, longest: Self.longestOfSource)
        return nil
    }

    /// The attempt that was begun was right.
    package mutating func succeed(from source: String) {
        sources[source] = nil
        all = Record()
    }

    private mutating func forget(at now: Timestamp) {
        if all.last + Self.memory < now { all = Record() }
        guard sources.count >= Self.mostSources || sources.values.contains(where: isOld(now))
        else { return }
        sources = sources.filter { !isOld(now)($0.value) }
    }

    private func isOld(_ now: Timestamp) -> (Record) -> Bool {
        { $0.last + Self.memory < now && $0.open <= now }
    }
}

import Addressing
package import Forwarding
package import LinuxKit
package import Logging
import Wire

/// Keeps ports mapped at one router, for as long as they are wanted.
///
/// Theory of operation. Each port has a moment at which it is attended to: asked for, renewed after half of
/// its time (RFC 6887 section 11.2.1), tried again after a failure with growing pauses, or given back. They
/// take turns, one question at a time, so that a router with many of them is not overrun; where it is
/// silent, all of them wait for the first that is answered. When the router has lost its mappings all are
/// asked for anew within some seconds. What cannot be given back is tried again until its time is over.
package actor UpstreamKeeper {
    /// Of all ports, whenever something has changed.
    package nonisolated let states: AsyncStream<[UpstreamKey: UpstreamState]>
    private let tell: AsyncStream<[UpstreamKey: UpstreamState]>.Continuation
    private let speaker: any UpstreamSpeaking
    private let ear: AnnouncementEar?
    private let now: @Sendable () -> Timestamp
    private let log: Logger?
    private let clock = ContinuousClock()
    private let kicks: AsyncStream<Void>
    private let kick: AsyncStream<Void>.Continuation
    private var entries: [UpstreamKey: Entry] = [:]
    private var timer: Task<Void, Never>?
    private var nextCheck: ContinuousClock.Instant
    /// The question that the router is being asked.
    private var attending: Task<Void, Never>?
    /// Whether nothing is asked for any more.
    private var isOver = false

    /// - Parameters:
    ///   - way: where announcements are to be heard; nil for nowhere.
    ///   - log: where it is said what could not be given back; nil for nowhere.
    package init(
        _ speaker: any UpstreamSpeaking, hearing way: UpstreamWay? = nil, log: Logger? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.speaker = speaker
        self.now = now
        self.log = log
        ear = way.flatMap { AnnouncementEar($0) }
        (states, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (kicks, kick) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        nextCheck = clock.now + Self.checkPeriod
    }

    /// How often a router is asked whether it has been started anew, while it has something of ours.
    private static let checkPeriod = Duration.seconds(60)

    /// Says which ports are wanted from now on; all others are given back.
    package func want(_ wishes: [UpstreamWish]) {
        guard !isOver else { return }
        let wanted = Dictionary(wishes.map { ($0.key, $0) }) { first, _ in first }
        for key in Set(entries.keys).union(wanted.keys) where entries[key]?.wish != wanted[key] {
            var entry = entries[key] ?? Entry(due: clock.now)
            entry.wish = wanted[key]
            entry.due = clock.now
            entry.failures = 0
            entries[key] = entry
        }
        report()
        kick.yield()
    }

    /// Ports that are wanted, held, or to be given back still.
    package var count: Int { entries.count }

    /// Attends to all ports until the task is cancelled.
    ///
    /// Nothing is given back then.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in self.kicks { await self.turn() } }
            if let ear {
                group.addTask { for await bytes in ear.heard { await self.hear(bytes) } }
            }
            kick.yield()
        }
        timer?.cancel()
    }

    /// Gives back whatever is held, all at once, and asks for nothing more.
    ///
    /// What is being asked for is waited for: it would be held afterwards.
    package func giveBack() async -> UpstreamReturns {
        isOver = true
        await attending?.value
        let grants = entries.values.compactMap(\.grant)
        entries = [:]
        return await withTaskGroup(of: (UpstreamKey, UpstreamFailure?).self) { group in
            for grant in grants {
                group.addTask {
                    do throws(UpstreamFailure) { try await self.speaker.release(grant) } catch {
                        return (grant.key, error)
                    }
                    return (grant.key, nil)
                }
            }
            var returns = UpstreamReturns()
            for await (key, failure) in group { returns.add(key, failure) }
            return returns
        }
    }

    private func hear(_ bytes: [UInt8]) async {
        await speaker.hear(bytes)
        await followLoss()
        schedule()
    }
}

// MARK: - Attending

extension UpstreamKeeper {
    private struct Entry {
        /// Nil when it is to be given back.
        var wish: UpstreamWish?
        var grant: UpstreamGrant?
        var granted: ContinuousClock.Instant?
        var renewal = PCPRenewal(lifetime: 0)
        var due: ContinuousClock.Instant
        var failures = 0
        var state = UpstreamState.asking

        init(due: ContinuousClock.Instant, _ wish: UpstreamWish? = nil) {
            (self.due, self.wish) = (due, wish)
        }

        /// Whether the router has forgotten it by itself.
        func isOver(at moment: ContinuousClock.Instant) -> Bool {
            guard let grant, let granted, grant.lifetime > 0 else { return false }
            return granted + .seconds(grant.lifetime) <= moment
        }

        /// The earliest moment at which it may be asked for again (RFC 6887 section 11.2.1).
        var earliest: ContinuousClock.Instant? { granted.map { $0 + PCPRenewal.shortestGap } }
    }

    private func turn() async {
        while !Task.isCancelled, !isOver, let key = nextDue() {
            let work = Task { await attend(key) }
            attending = work
            await work.value
            attending = nil
            await followLoss()
            report()
        }
        if nextCheck <= clock.now {
            nextCheck = clock.now + Self.checkPeriod
            if entries.values.contains(where: { $0.grant != nil }) {
                await speaker.check()
                await followLoss()
            }
        }
        schedule()
    }

    private func nextDue() -> UpstreamKey? {
        let moment = clock.now
        return entries.filter { $0.value.due <= moment }.min { $0.value.due < $1.value.due }?.key
    }

    private func attend(_ key: UpstreamKey) async {
        guard let entry = entries[key] else { return }
        guard let wish = entry.wish else { return await release(key, entry) }
        do throws(UpstreamFailure) {
            let grant = try await speaker.map(wish, held: entry.grant)
            hold(grant, for: key)
        } catch { fail(error, for: key) }
    }

    private func release(_ key: UpstreamKey, _ entry: Entry) async {
        guard let grant = entry.grant, !entry.isOver(at: clock.now) else {
            entries[key] = nil
            return
        }
        do throws(UpstreamFailure) {
            try await speaker.release(grant)
            // It may have been wished for again while it was given back.
            let wish = entries[key]?.wish
            entries[key] = wish == nil ? nil : Entry(due: clock.now, wish)
        } catch { keep(key, grant, after: error) }
    }

    private func keep(_ key: UpstreamKey, _ grant: UpstreamGrant, after failure: UpstreamFailure) {
        guard var entry = entries[key], entry.wish == nil else { return }
        entry.failures += 1
        entry.due = clock.now + Self.pause(after: entry.failures)
        entries[key] = entry
        let name = "\(key.port)/\(key.transport.name)"
        log?.warning(
            "\(name) could not be given back in front (\(grant.dialect.rawValue)): \(failure)")
    }

    private func hold(_ grant: UpstreamGrant, for key: UpstreamKey) {
        var entry = entries[key] ?? Entry(due: clock.now)
        entry.grant = grant
        entry.granted = clock.now
        entry.failures = 0
        entry.renewal = PCPRenewal(lifetime: Self.renewalLifetime(grant))
        let end = grant.lifetime == 0 ? nil : now() + Int64(grant.lifetime)
        entry.state = .held(grant, until: end)
        // It may have been given up, or changed, while it was asked for.
        let next = due(entry.granted, &entry.renewal) ?? clock.now + PCPRenewal.shortestGap
        entry.due = entry.wish == nil ? clock.now : next
        entries[key] = entry
    }

    /// UPnP has no epochs: whether a router has been started anew shows when it is asked again.
    private static func renewalLifetime(_ grant: UpstreamGrant) -> UInt32 {
        guard grant.dialect == .upnp else { return grant.lifetime }
        return grant.lifetime == 0 ? 600 : min(grant.lifetime, 600)
    }

    private func due(
        _ granted: ContinuousClock.Instant?, _ renewal: inout PCPRenewal
    ) -> ContinuousClock.Instant? {
        guard let granted, let pause = renewal.next(.random(in: 0...1)) else { return nil }
        return granted + pause
    }

    private func fail(_ failure: UpstreamFailure, for key: UpstreamKey) {
        guard var entry = entries[key] else { return }
        entry.failures += 1
        if entry.grant != nil, let next = due(entry.granted, &entry.renewal) {
            // What is held lasts until its end.
            entry.due = next
        } else {
            entry.grant = nil
            entry.state = .failed(failure)
            entry.due = clock.now + Self.pause(after: entry.failures)
        }
        entries[key] = entry
        guard failure == .silent || failure == .noRouter else { return }
        for (other, waiting) in entries
        where waiting.grant == nil && waiting.wish != nil && waiting.due < entry.due {
            entries[other]?.state = .failed(failure)
            entries[other]?.due = entry.due
        }
    }

    /// From 15 seconds to 16 minutes, a tenth more or less.
    private static func pause(after failures: Int) -> Duration {
        .seconds(15 << min(max(failures - 1, 0), 6)) * Double.random(in: 0.9...1.1)
    }

    /// All is asked for anew when the router has lost it, each at a random moment (RFC 6886 section 3.7).
    private func followLoss() async {
        guard await speaker.takeLoss() else { return }
        for (key, entry) in entries where entry.grant != nil {
            let first = max(clock.now, entry.earliest ?? clock.now)
            entries[key]?.due = min(entry.due, first + .milliseconds(.random(in: 0...5000)))
        }
    }

    private func schedule() {
        timer?.cancel()
        let isHolding = entries.values.contains { $0.grant != nil }
        let times = entries.values.map(\.due) + (isHolding ? [nextCheck] : [])
        guard let next = times.min() else { return }
        timer = Task { [clock, kick] in
            do { try await clock.sleep(until: next) } catch { return }
            kick.yield()
        }
    }

    private func report() {
        tell.yield(entries.filter { $0.value.wish != nil }.mapValues(\.state))
    }
}

/// What came of giving ports back.
package struct UpstreamReturns: Hashable, Sendable {
    package private(set) var returned: Set<UpstreamKey> = []
    /// What the router still has, until its time is over.
    package private(set) var failures: [UpstreamKey: UpstreamFailure] = [:]

    fileprivate mutating func add(_ key: UpstreamKey, _ failure: UpstreamFailure?) {
        if let failure { failures[key] = failure } else { returned.insert(key) }
    }
}

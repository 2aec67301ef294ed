import TestKit
import Testing
import Wire

/// Epochs and timers of PCP and NAT-PMP.
@Suite struct `Time between a client and its gateway` {
    /// What came before, what comes, after how many seconds, and whether it is the same state.
    static let pcp: [(UInt32, UInt32, Int64, Bool)] = [
        (1000, 1100, 100, true), (1000, 1092, 100, true), (1000, 1091, 100, false),
        (1000, 1120, 100, false), (1000, 999, 0, true), (1000, 998, 0, false),
        (1000, 0, 0, false), (0, 0, 0, true), (0, 2, 0, true), (0, 3, 0, false),
        (.max, 0, 1, false), (5, 5, .max, false),
    ]

    @Test(arguments: pcp)
    func `in PCP may drift by a sixteenth`(
        before: UInt32, now: UInt32, elapsed: Int64, isKept: Bool
    ) {
        var epoch = PCPEpoch()
        let first = epoch.keeps(before, at: 0)
        #expect(first)
        let second = epoch.keeps(now, at: elapsed)
        #expect(second == isKept)
        // What is lost is told once.
        let third = epoch.keeps(now, at: elapsed)
        #expect(third)
    }

    static let natPMP: [(UInt32, UInt32, Int64, Bool)] = [
        (1000, 1070, 80, true), (1000, 1068, 80, true), (1000, 1067, 80, false),
        (1000, 2000, 80, true), (1000, 998, 0, true), (1000, 997, 0, false), (1000, 0, 1, false),
    ]

    @Test(arguments: natPMP)
    func `in NAT-PMP may be slow by an eighth`(
        before: UInt32, now: UInt32, elapsed: Int64, isKept: Bool
    ) {
        var epoch = NATPMPEpoch()
        let first = epoch.keeps(before, at: 5)
        #expect(first)
        let second = epoch.keeps(now, at: 5 + elapsed)
        #expect(second == isKept)
    }

    @Test func `doubles from request to request, up to a bound`() {
        var timer = PCPRetransmission()
        let waits = (0..<11).map { _ in timer.next(0.5) }
        let seconds = [3, 6, 12, 24, 48, 96, 192, 384, 768, 1024, 1024]
        for (wait, second) in zip(waits, seconds) {
            #expect((wait - .seconds(second)) < .milliseconds(1))
            #expect((wait - .seconds(second)) > .milliseconds(-1))
        }
    }

    @Test(arguments: Seed.batch(50))
    func `is spread by a tenth at most`(seed: Seed) {
        var gen = Gen(seed)
        var timer = PCPRetransmission(initial: .seconds(1), longest: .seconds(20))
        var last = Duration.milliseconds(500)
        for _ in 0..<12 {
            let wait = timer.next(Double.random(in: 0...1, using: &gen))
            let base = min(last * 2, .seconds(20))
            #expect(wait >= base * 0.899 && wait <= base * 1.101)
            last = wait
        }
    }

    @Test func `doubles from a quarter of a second in NAT-PMP`() {
        let waits = (0...9).map { DoublingWaits.natPMPRequests.wait(after: $0) }
        #expect(waits.first == .milliseconds(250) && waits[8] == .seconds(64) && waits[9] == nil)
        let all = waits.compactMap(\.self).reduce(Duration.zero, +)
        #expect(all == .milliseconds(127_750))
        #expect(DoublingWaits.updates.wait(after: 1) == .milliseconds(500))
        #expect(DoublingWaits.updates.wait(after: 2) == nil)
        #expect(DoublingWaits.announcements.wait(after: 9) == nil)
        #expect(DoublingWaits.announcements.wait(after: -1) == nil)
    }

    @Test func `of a mapping is renewed at half, and half of the rest`() {
        var (early, late) = (PCPRenewal(lifetime: 1600), PCPRenewal(lifetime: 1600))
        let first = (0..<3).map { _ in early.next(0) }
        let last = (0..<3).map { _ in late.next(1) }
        #expect(first == [800, 1200, 1400].map { .seconds($0) })
        #expect(last == [1000, 1300, 1450].map { .seconds($0) })
    }

    @Test(arguments: Seed.batch(100))
    func `is never renewed at once, and never too late`(seed: Seed) {
        var gen = Gen(seed)
        let lifetime = gen.pick([0, 1, 4, 7, 120, 7200, .max]) as UInt32
        var (renewal, last, count) = (PCPRenewal(lifetime: lifetime), Duration.zero, 0)
        while let moment = renewal.next(Double.random(in: 0...1, using: &gen)), count < 100 {
            #expect(moment - last >= PCPRenewal.shortestGap)
            #expect(moment < .seconds(min(lifetime, 86_400)))
            (last, count) = (moment, count + 1)
        }
        #expect(count < 20 && (count > 0) == (lifetime > 4))
    }
}

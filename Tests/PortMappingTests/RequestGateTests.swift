import Addressing
import Forwarding
import TestKit
import Testing

@testable import PortMapping

@Suite struct `How much is heard of devices` {
    private var admission = RequestAdmission(.standard)
    private let start = ContinuousClock.now

    private func source(_ number: UInt32) -> IPAddress {
        .v4(IPv4Address(bits: 0x0a00_0000 | number))
    }

    private mutating func admitted(_ count: Int, of source: IPAddress, after wait: Duration) -> Int
    {
        (0..<count).count { _ in admission.admits(source, at: start + wait) }
    }

    @Test mutating func `is fifty at once, and twenty a second`() {
        #expect(admitted(200, of: source(1), after: .zero) == 50)
        #expect(admitted(200, of: source(1), after: .seconds(1)) == 20)
        #expect(admitted(200, of: source(1), after: .milliseconds(1500)) == 10)
        #expect(admitted(200, of: source(2), after: .milliseconds(1500)) == 50)
        #expect(admitted(200, of: source(1), after: .seconds(3600)) == 50)
    }

    @Test mutating func `is a thousand a second of one interface`() {
        let first = (0..<5000).count { admission.admits(source(UInt32($0)), at: start) }
        #expect(first == 1000)
        let later = (0..<5000).count {
            admission.admits(source(UInt32($0)), at: start + .milliseconds(500))
        }
        #expect(later == 500)
    }

    @Test mutating func `costs no memory that somebody could ask for`() {
        var admitted = 0
        for number in 0..<100_000 {
            let moment = start + .microseconds(number * 100)
            if admission.admits(source(UInt32(number)), at: moment) { admitted += 1 }
            #expect(admission.sourceCount <= RequestAdmission.mostSources)
        }
        #expect((10_900...11_001).contains(admitted), "ten seconds, and the burst")
    }

    @Test mutating func `is all of it where nobody counts`() {
        admission = RequestAdmission(.none)
        #expect(admitted(100_000, of: source(1), after: .zero) == 100_000)
        #expect(admission.sourceCount == 0)
    }
}

@Suite struct `The epoch` {
    @Test func `goes on by itself, and begins anew with another address`() {
        let clock = OutsideClock()
        let start = ContinuousClock.now
        let desk = FakeDesk { $0.now = $0.since + 100 }
        #expect(clock.outside(at: start).epoch == 0)
        clock.follow(desk.standingNow, at: start)
        #expect(clock.outside(at: start).epoch == 100)
        #expect(clock.outside(at: start + .seconds(7)).epoch == 107)
        // The calendar was set: the epoch does not notice.
        desk.with { $0.now = $0.now + 1_000_000 }
        clock.follow(desk.standingNow, at: start + .seconds(8))
        #expect(clock.outside(at: start + .seconds(8)).epoch == 108)
        desk.with { $0.since = $0.now }
        clock.follow(desk.standingNow, at: start + .seconds(9))
        #expect(clock.outside(at: start + .milliseconds(9999)).epoch == 0)
        #expect(clock.outside(at: start).v4 == IPv4Address(203, 0, 113, 5))
    }
}

import Addressing
import CLinux
import TestKit
import Testing

@testable import Relay

@Suite struct `What a source has` {
    /// Few sources, so that they meet, and entries come and go in all orders.
    @Test(arguments: Seed.batch(20))
    func `is counted as a dictionary would`(seed: Seed) throws {
        var gen = Gen(seed)
        guard var table = SourceTable(seed: gen.next()) else { throw NoMemory() }
        var model: [UInt32: Int] = [:]
        for _ in 0..<5000 {
            let address = gen.int(0...300)
            let source = clinux_endpoint(.v4(IPv4Address(bits: UInt32(address))), 9)
            let key = UInt32(address)
            if gen.oneIn(2) {
                let isIn = table.admit(source, at: 7, most: 3, nil, now: 0)
                #expect(isIn == (model[key, default: 0] < 3))
                if isIn { model[key, default: 0] += 1 }
            } else if model[key, default: 0] > 0 {
                table.leave(source, at: 7, now: 0)
                model[key, default: 0] -= 1
            }
        }
    }

    @Test func `is bounded in pace, and free again when time has passed`() throws {
        guard var table = SourceTable(seed: 1) else { throw NoMemory() }
        let source = clinux_endpoint(.v4(IPv4Address(203, 0, 113, 9)), 1)
        let rate = PaceRate(interval: 500_000, tolerance: 500_000)
        func admit(_ now: UInt64) -> Bool {
            table.admit(source, at: 1, most: nil, rate, now: now)
        }
        let first = admit(1_000_000)
        let second = admit(1_000_000)
        let third = admit(1_000_000)
        let later = admit(1_500_000)
        #expect([first, second, third, later] == [true, true, false, true])
    }

    @Test func `is one for all addresses of a home's IPv6 prefix`() throws {
        guard var table = SourceTable(seed: 1) else { throw NoMemory() }
        let home = IPv6Address(high: 0x2001_0db8_0000_0001, low: 0)
        for host in 0..<2 {
            var address = home
            address.low = UInt64(host)
            let isIn = table.admit(
                clinux_endpoint(.v6(address), 1), at: 1, most: 1, nil, now: 0)
            #expect(isIn == (host == 0))
        }
    }
}

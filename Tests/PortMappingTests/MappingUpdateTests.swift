import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `What a client is told of its mapping unasked` {
    private let talk = Conversation(FakeDesk { $0.leasing.policy.rules = [FakeDesk.open] })
    private let start = ContinuousClock.now
    private let outside = Outside(epoch: 9, v4: IPv4Address(203, 0, 113, 77))

    private func lease(_ name: String, from: String? = nil) throws -> Forward {
        _ = try talk.say(Vector.bytes(name), from: from)
        return try #require(talk.desk.with { $0.table.leases.last })
    }

    private func responses(_ forward: Forward, isGone: Bool) throws -> [PCPResponse] {
        let update = MappingUpdates.Update(forward: forward, isGone: isGone)
        let told = try #require(update.messages(outside, at: Sample.now + 200))
        #expect(told.place.port == 40_000)
        return told.bytes.compactMap { PCPResponse(reading: $0.span) }
    }

    @Test func `is where it is now, and for how long`() throws {
        let response = try #require(
            try responses(lease("request-t01"), isGone: false).first)
        let map = try #require(response.operation.mapping)
        #expect(map.nonce == MappingNonce(high: 0x1011_1213_1415_1617, low: 0x1819_1a1b))
        #expect(map.protocolNumber == 6 && map.internalPort == 8080)
        #expect(map.external == Sample.endpoint("203.0.113.77", 8080))
        #expect(response.lifetime == 7000 && response.epoch == 9)
    }

    @Test func `is that it has gone`() throws {
        let response = try responses(lease("request-t01"), isGone: true).first
        #expect(response?.lifetime == 0 && response?.result == .success)
    }

    @Test func `names the peer, the set of ports, and an IPv6 device's own address`() throws {
        let peer = try responses(lease("request-t14"), isGone: false).first
        guard case .peer(let told) = peer?.operation else {
            Issue.record("no peer")
            return
        }
        #expect(told.remote == Sample.endpoint("198.51.100.7", 443))
        let set = try responses(lease("request-t18"), isGone: false).first
        #expect(set?.options.portSet?.size == 4)
        let pinhole = try lease("request-t16", from: "2001:db8:1::10")
        let hole = try responses(pinhole, isGone: false).first?.operation.mapping
        #expect(hole?.external == Sample.endpoint("2001:db8:1::10", 5000))
    }

    @Test func `is nothing to whom no nonce proves it`() throws {
        var updates = MappingUpdates()
        let lease = try lease("request-n06")
        updates.add(MappingUpdates.Update(forward: lease, isGone: true), at: start)
        #expect(updates.isEmpty)
    }

    @Test func `is said three times, with a quarter and a half of a second between`() throws {
        var updates = MappingUpdates()
        updates.add(.init(forward: try lease("request-t01"), isGone: true), at: start)
        var moments: [Int] = []
        for moment in stride(from: 0, to: 5000, by: 10) {
            let due = updates.next(at: start + .milliseconds(moment))
            moments += due.map { _ in moment }
        }
        #expect(moments == [0, 250, 750] && updates.isEmpty)
    }

    @Test func `is said to a few at a time`() throws {
        var updates = MappingUpdates()
        var forward = try lease("request-t01")
        for number in 1...1000 {
            forward.id = Sample.id(UInt16(number))
            updates.add(.init(forward: forward, isGone: false), at: start)
        }
        var (count, steps) = (0, 0)
        while !updates.isEmpty {
            let due = updates.next(at: start + MappingUpdates.pace * steps)
            #expect(due.count <= MappingUpdates.atOnce)
            count += due.count
            steps += 1
        }
        #expect(count == 3000 && steps == 150, "fifteen seconds")
    }
}

import TestKit
import Testing

@testable import Relay

/// The machine is out of address space.

@Suite struct `Tables of datagram flows` {
    @Test(arguments: Seed.batch(20))
    func `the index finds what a dictionary finds`(seed: Seed) throws {
        var gen = Gen(seed)
        let capacity = gen.int(1...200)
        guard let index = FlowIndex(capacity: capacity) else { throw NoMemory() }
        // Few hashes, so that many flows collide, also in the halves that are kept.
        let hashes = (0..<8).map { _ in gen.next() } + (0..<60).map { UInt64($0) << 32 }
        var model: [Int32: UInt64] = [:]
        for _ in 0..<3000 {
            let flow = Int32(gen.int(0...capacity - 1))
            if let hash = model[flow] {
                let found = index.find(hash) { $0 == flow }
                #expect(found == flow)
                if gen.oneIn(2) {
                    index.remove(hash, flow)
                    model[flow] = nil
                    let left = index.find(hash) { $0 == flow }
                    #expect(left == nil)
                }
            } else {
                let hash = gen.pick(hashes)
                index.insert(hash, flow)
                model[flow] = hash
            }
        }
        for (flow, hash) in model {
            let found = index.find(hash) { $0 == flow }
            #expect(found == flow)
        }
    }

    @Test(arguments: Seed.batch(20))
    func `the idlest is the one that an ordered list has first`(seed: Seed) throws {
        var gen = Gen(seed)
        guard let lists = RecencyLists(capacity: 40) else { throw NoMemory() }
        var model: [RecencyLists.List: [Int32]] = [.unanswered: [], .answered: []]
        for _ in 0..<2000 {
            let flow = Int32(gen.int(0...39))
            let list = gen.pick(RecencyLists.List.allCases)
            if let old = model.first(where: { $0.value.contains(flow) })?.key {
                lists.remove(flow, from: old)
                model[old]?.removeAll { $0 == flow }
            }
            if !gen.oneIn(4) {
                lists.append(flow, to: list)
                model[list]?.append(flow)
            }
            let idlest = lists.idlest
            #expect(idlest == model[.unanswered]?.first ?? model[.answered]?.first)
        }
    }

    @Test(arguments: Seed.batch(20))
    func `the wheel sleeps exactly until the next visit`(seed: Seed) throws {
        var gen = Gen(seed)
        guard var wheel = TimerWheel(capacity: 50, now: UInt64(gen.int(0...5000))) else {
            throw NoMemory()
        }
        var model: [Int32: UInt64] = [:]
        for _ in 0..<2000 {
            let entry = Int32(gen.int(0...49))
            switch gen.int(0...3) {
            case 0:
                wheel.cancel(entry)
                model[entry] = nil
            case 1:
                let tick = wheel.now + UInt64(gen.int(1...200))
                while let due = wheel.due(by: tick) {
                    #expect(try #require(model[due]) <= tick)
                    model[due] = nil
                }
                #expect(model.values.allSatisfy { $0 > tick })
            default:
                let tick = wheel.now + UInt64(gen.int(1...TimerWheel.slots - 1))
                wheel.set(entry, at: tick)
                model[entry] = tick
            }
            let (ticks, now) = (wheel.ticksUntilDue(), wheel.now)
            #expect(ticks == model.values.min().map { $0 - now })
        }
    }

    @Test(arguments: [
        (0, 0, [0]), (5, 0, [5]), (0, 7, [0]), (7, 7, [7]), (8, 7, [7, 1]), (21, 7, [7, 7, 7]),
    ])
    func `a stretch falls into the datagrams that it was put together from`(
        length: Int, segment: UInt32, sizes: [Int]
    ) {
        let stretch = DatagramStretch(place: 3, start: 10, length: length, segment: segment)
        let pieces = Array(stretch.pieces)
        #expect(pieces.map(\.length) == sizes)
        #expect(pieces.map(\.start) == sizes.indices.map { 10 + sizes[..<$0].reduce(0, +) })
        #expect(pieces.allSatisfy { $0.segment == 0 && $0.place == 3 })
        #expect(max(1, stretch.datagrams) == sizes.count)
    }
}

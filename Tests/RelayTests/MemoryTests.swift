import TestKit
import Testing

@testable import Relay

@Suite struct `The timer wheel` {
    /// A list of what hangs where, in the order of ticks.
    struct Model {
        var ticks: [Int32: UInt64] = [:]
        var now: UInt64

        /// At most one turn ahead, and never now or before.
        mutating func set(_ entry: Int32, at tick: UInt64) {
            ticks[entry] = min(max(tick, now + 1), now + UInt64(TimerWheel.slots) - 1)
        }

        mutating func due(by tick: UInt64) -> Set<Int32> {
            now = max(now, tick)
            let due = ticks.filter { $0.value <= tick }.keys
            for entry in due { ticks[entry] = nil }
            return Set(due)
        }
    }

    @Test(arguments: Seed.batch(40))
    func `visits what a list in order visits, at the same ticks`(seed: Seed) throws {
        var gen = Gen(seed)
        let start = UInt64(gen.int(0...3000))
        guard var wheel = TimerWheel(capacity: 50, now: start) else { throw NoMemory() }
        var model = Model(now: start)
        for _ in 0..<600 {
            let entry = Int32(gen.int(0...49))
            switch gen.int(0...9) {
            case 0...5:
                let tick = model.now + UInt64(gen.int(0...gen.pick([3, 100, 3000])))
                wheel.set(entry, at: tick)
                model.set(entry, at: tick)
            case 6:
                wheel.cancel(entry)
                model.ticks[entry] = nil
            default:
                let tick = model.now + UInt64(gen.int(0...gen.pick([1, 40, 1500])))
                var visited: [Int32] = []
                while let entry = wheel.due(by: tick) { visited.append(entry) }
                #expect(Set(visited) == model.due(by: tick))
                #expect(visited.count == Set(visited).count)
                let now = wheel.now
                #expect(now == model.now)
            }
            let soonest = model.ticks.values.min().map { $0 - model.now }
            let ticks = wheel.ticksUntilDue()
            #expect(ticks == soonest)
        }
    }

    @Test func `hangs an entry in again while it is being visited`() throws {
        guard var wheel = TimerWheel(capacity: 2, now: 10) else { throw NoMemory() }
        wheel.set(1, at: 12)
        let first = wheel.due(by: 12)
        wheel.set(1, at: 12)
        // Not at once, which would never come to an end.
        let (second, third) = (wheel.due(by: 12), wheel.due(by: 13))
        #expect([first, second, third] == [1, nil, 1])
    }
}

@Suite struct `The places of flows` {
    @Test(arguments: Seed.batch(40))
    func `are taken and given back as a dictionary has it`(seed: Seed) throws {
        var gen = Gen(seed)
        let capacity = gen.int(1...40)
        guard var slots = FlowSlots(capacity) else { throw NoMemory() }
        var (living, gone): ([Int32: FlowID], [FlowID]) = ([:], [])
        for _ in 0..<500 {
            if gen.oneIn(2) {
                let taken = slots.take()
                #expect((taken == nil) == (living.count == capacity))
                guard let taken else { continue }
                #expect(living.updateValue(taken, forKey: taken.index) == nil)
            } else if !living.isEmpty {
                let flow = gen.pick(living.values.sorted { $0.index < $1.index })
                slots.release(flow.index)
                living[flow.index] = nil
                gone.append(flow)
            }
            let count = slots.count
            #expect(count == living.count)
            for flow in living.values {
                let (holds, id) = (slots.holds(flow), slots.id(at: flow.index))
                #expect(holds && id == flow)
            }
            for flow in gone.suffix(20) {
                let holds = slots.holds(flow)
                #expect(!holds)
            }
        }
        let reached = Int(slots.reached)
        #expect(reached <= capacity)
    }

    @Test func `hold nothing that was never given out`() throws {
        guard var slots = FlowSlots(4) else { throw NoMemory() }
        let before = slots.holds(FlowID(index: 0, generation: 0))
        let flow = slots.take() ?? FlowID(index: 0, generation: 0)
        let strangers = [
            FlowID(index: -1, generation: 1),
            FlowID(index: flow.index, generation: flow.generation &+ 1),
            FlowID(index: 3, generation: 1), FlowID(index: 4, generation: 1),
        ]
        for stranger in strangers {
            let holds = slots.holds(stranger)
            #expect(!holds && !before)
        }
    }
}

/// No room for a table.
struct NoMemory: Error {}

@Suite struct `An event of the poller` {
    @Test(arguments: Seed.batch(20))
    func `comes back out of its bits as it went in`(seed: Seed) throws {
        var gen = Gen(seed)
        let kinds: [LoopEvent.Kind] = [
            .mailbox, .streamListener, .stream, .datagramListener, .datagram,
        ]
        for kind in kinds {
            for end in [LoopEvent.End.client, .target, .rival] {
                for index in [0, Int32(LoopEvent.mostPlaces - 1), Int32(gen.int(0...0xff_ffff))] {
                    let generation = gen.pick([0, .max, UInt32(truncatingIfNeeded: gen.next())])
                    let flow = FlowID(index: index, generation: generation)
                    let event = try #require(
                        LoopEvent(packed: LoopEvent(kind, end, flow).packed))
                    #expect(event.kind == kind)
                    #expect(event.end == end)
                    #expect(event.flow == flow)
                }
            }
        }
    }

    @Test func `is nothing when the bits are none of ours`() {
        #expect(LoopEvent(packed: .max) == nil)
        #expect(LoopEvent(packed: 3 << 56) == nil)
    }
}

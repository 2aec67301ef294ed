import Addressing
import Forwarding
import Gateway
import Storage
import TestKit
import Testing

@Suite struct `Charts of what forwards have carried` {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private static func carried(_ inbound: UInt64, _ outbound: UInt64) -> Traffic {
        Traffic(
            flows: 1, inbound: Volume(packets: 1, bytes: inbound),
            outbound: Volume(packets: 1, bytes: outbound), denied: 0, limited: 0)
    }

    /// What each minute of a day has carried, told minute by minute, is what the charts say.
    @Test(arguments: Seed.batch(20))
    func `say for each minute and each quarter what was carried in it`(seed: Seed) throws {
        var gen = Gen(seed)
        let id = try #require(ForwardID(7))
        let start = Timestamp(seconds: Self.start.seconds + Int64(gen.int(0...3600)))
        let before = UInt64(gen.int(0...1_000_000))
        var history = TrafficHistory(since: start, totals: [(id, Self.carried(before, 0))])
        var total = before
        var minutes: [Int64: UInt64] = [:]
        var now = start
        for _ in 0..<gen.int(1...2000) {
            // A clock that ticks late leaves minutes out.
            now = now + 60 * Int64(gen.pick([1, 1, 1, 1, 2, 5]))
            let more = gen.oneIn(3) ? UInt64(gen.int(0...10_000)) : 0
            total += more
            minutes[now.seconds / 60 - 1] = more
            history.take([(id, Self.carried(total, total * 2))], at: now)
        }
        let last = now.seconds / 60 - 1
        let (until, hour) = history.charts(.hour)
        #expect(until.seconds == (last + 1) * 60)
        let expected: [UInt64] = (last - 59...last).map { minutes[$0] ?? 0 }
        #expect((hour.first?.1.inbound ?? expected.map { _ in 0 }) == expected)
        let quarter = last / 15
        let (_, day) = history.charts(.day)
        func sum(_ place: Int64) -> UInt64 {
            (place * 15..<place * 15 + 15).reduce(UInt64(0)) { $0 + (minutes[$1] ?? 0) }
        }
        let quarters: [UInt64] = (quarter - 95...quarter).map(sum)
        #expect((day.first?.1.inbound ?? quarters.map { _ in 0 }) == quarters)
    }

    @Test func `leave out what carries nothing, and forget what is gone`() throws {
        let (one, other) = (try #require(ForwardID(1)), try #require(ForwardID(2)))
        var history = TrafficHistory(since: Self.start)
        let later = Self.start + 60
        history.take([(one, Self.carried(10, 20)), (other, Traffic())], at: later)
        #expect(history.charts(.hour).charts.map(\.0) == [one])
        #expect(history.charts(.hour, of: other).charts.isEmpty)
        history.take([(other, Traffic())], at: later + 60)
        #expect(history.charts(.day).charts.isEmpty)
    }

    @Test func `begin anew for a forward that has the number of another`() throws {
        let id = try #require(ForwardID(1))
        var history = TrafficHistory(since: Self.start, totals: [(id, Self.carried(5000, 0))])
        history.take([(id, Self.carried(30, 0))], at: Self.start + 60)
        #expect(history.charts(.hour).charts.first?.1.inbound.last == 30)
    }
}

@Suite struct `Watching a gateway` {
    private let me = Requester(name: "me", origin: .operator)

    @Test func `brings every change, and who made it`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        var events = await gateway.events().makeAsyncIterator()
        let answer = await gateway.submit(.add([Sample.draft()]), by: me)
        #expect(answer.refusals.isEmpty)
        var (revisions, kinds): ([Int], [String]) = ([], [])
        while kinds.isEmpty, let event = await events.next() {
            switch event {
            case .table(let revision): revisions.append(revision)
            case .activity(let entry): kinds.append(entry.kind.rawValue)
            case .requests: break
            }
        }
        #expect(revisions == [1])
        #expect(kinds == ["added"])
    }

    /// Half a stream would look like a whole one.
    @Test func `ends for a watcher that does not keep up`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let events = await gateway.events()
        for _ in 0..<2500 {
            _ = await gateway.submit(.add([Sample.draft()]), by: me)
            _ = await gateway.submit(.remove(Sample.name("nas")), by: me)
        }
        var count = 0
        for await _ in events { count += 1 }
        #expect(count == 4096)
    }

    @Test func `when a forward was used last outlives a restart, and denied packets are no use`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft()]), by: me)
        #expect(try await gateway.forward(Sample.name("nas"))?.lastUsed == nil)
        world.arrive(
            Packet(
                .tcp, from: Sample.endpoint("203.0.113.9", 40000),
                to: Sample.endpoint("203.0.113.5", 8443),
                arrival: .interface(Sample.interface("wan0"))),
            bytes: 100)
        let used = world.now()
        #expect(try await gateway.forward(Sample.name("nas"))?.lastUsed == used)
        await gateway.stop()
        world.pass(500)
        let second = try await world.gateway()
        #expect(try await second.forward(Sample.name("nas"))?.lastUsed == used)
    }
}

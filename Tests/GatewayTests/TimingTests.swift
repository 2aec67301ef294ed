import Addressing
import Forwarding
import Gateway
import Storage
import Synchronization
import TestKit
import Testing

/// The sample's clock stands at 2027-01-15 08:00 UTC, a Friday.
@Suite struct `What the clock changes` {
    private let me = Requester(name: "me", origin: .operator)
    private static let packet = Packet(
        .tcp, from: Sample.endpoint("198.51.100.7", 5000),
        to: Sample.endpoint("203.0.113.5", 8443),
        arrival: .interface(Sample.interface("wan0")))

    private func schedule(_ text: String) throws -> Schedule {
        try ForwardSpelling.schedule(text)
    }

    private func state(_ gateway: Gateway) async throws -> ForwardState? {
        try await gateway.forward(Sample.name("nas"))?.state
    }

    private func isOpen(_ gateway: Gateway) async throws -> Bool {
        if case .inForce = try await state(gateway) { true } else { false }
    }

    @Test func `a schedule opens and closes, on record and in the engine`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let draft = Sample.draft(schedule: try schedule("fri 09:00-10:00"))
        #expect(await gateway.submit(.add([draft]), by: me).refusals.isEmpty)
        #expect(try await state(gateway) == .closed)
        #expect(try await gateway.forward(Sample.name("nas"))?.nextChange == Sample.now + 3600)
        #expect(world.fate(of: Self.packet) == .refused(Sample.id(1), .closed))
        await gateway.tick()

        world.pass(3600)
        await gateway.tick()
        #expect(try await isOpen(gateway))
        #expect(world.carried.first?.lapses == Sample.now + 7200)
        world.pass(3600)
        await gateway.tick()
        #expect(try await state(gateway) == .closed)
        #expect(world.carried.first?.lapses == .longAgo)
        let kinds = try await gateway.activity(of: Sample.name("nas"), limit: 9).map(\.kind)
        #expect(kinds == [.closed, .opened, .added])
    }

    @Test func `a restart in between finds the schedule as the clock says`() async throws {
        let world = World()
        let draft = Sample.draft(schedule: try schedule("fri 09:00-10:00"), closing: .keep)
        let first = try await world.gateway()
        _ = await first.submit(.add([draft]), by: me)
        world.pass(4000)
        let second = try await world.gateway()
        #expect(try await isOpen(second))
        #expect(world.carried.first?.admits == .until(Sample.now + 7200))
    }

    @Test func `a clock that is set back or forth turns every schedule at once`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let draft = Sample.draft(schedule: try schedule("fri 09:00-10:00"))
        _ = await gateway.submit(.add([draft]), by: me)
        world.pass(5000)
        await gateway.tick()
        #expect(try await isOpen(gateway))
        world.pass(-5000)
        await gateway.tick()
        #expect(try await state(gateway) == .closed)
    }

    @Test func `an engine that refuses the turn is asked again a second later`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let draft = Sample.draft(schedule: try schedule("fri 09:00-10:00"))
        _ = await gateway.submit(.add([draft]), by: me)
        await gateway.tick()
        world.pass(3600)
        world.failures.withLock { $0 = [.system(code: 105, during: .commit)] }
        await gateway.tick()
        #expect(try await state(gateway) == .closed)
        world.pass(1)
        await gateway.tick()
        #expect(try await isOpen(gateway))
    }

    @Test func `a change of the schedule, and taking it away, count at once`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft()]), by: me)
        var edit = ForwardEdit()
        edit.schedule = .some(try schedule("sat 09:00-10:00"))
        _ = await gateway.submit(.edit(Sample.name("nas"), edit), by: me)
        #expect(try await state(gateway) == .closed)
        edit.schedule = .some(nil)
        _ = await gateway.submit(.edit(Sample.name("nas"), edit), by: me)
        #expect(try await isOpen(gateway))
        #expect(world.carried.first?.lapses == nil)
    }

    @Test func `a zone that the machine does not know is refused`() async throws {
        let gateway = try await World().gateway()
        let draft = Sample.draft(schedule: try schedule("fri 09:00-10:00 Nowhere/Atall"))
        let answer = await gateway.submit(.add([draft]), by: me)
        #expect(answer.refusals.map(\.field) == [.schedule])
        #expect(answer.refusals.map(\.problem.code) == ["unknown-zone"])
    }

    @Test func `a clock that falls back begins no month, and no change gives bytes back`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            .add([Sample.draft(limits: Limits(monthly: 1_000_000))]), by: me)
        await gateway.tick()
        world.arrive(Self.packet, bytes: 600_000)
        world.pass(-40 * 86400)
        await gateway.tick()
        world.pass(40 * 86400)
        await gateway.tick()
        #expect(try await gateway.forward(Sample.name("nas"))?.monthBytes == 600_000)
        var edit = ForwardEdit()
        edit.comment = "about something else"
        _ = await gateway.submit(.edit(Sample.name("nas"), edit), by: me)
        #expect(try await gateway.forward(Sample.name("nas"))?.monthBytes == 600_000)
        for isOn in [false, true] {
            _ = await gateway.submit(
                .edit(Sample.name("nas"), ForwardEdit(enabled: isOn)), by: me)
        }
        #expect(try await gateway.forward(Sample.name("nas"))?.monthBytes == 600_000)
        #expect(world.carried.first?.used == 600_000)
    }

    @Test func `a forward that the engine refuses at the start does not keep the others out`()
        async throws
    {
        let world = World()
        let first = try await world.gateway()
        _ = await first.submit(
            .add([Sample.draft("nas"), Sample.draft("bad", .udp, Sample.ports(9))]), by: me)
        world.failures.withLock { $0 = [.refused(Sample.id(2), code: 17, detail: "")] }
        let second = try await world.gateway()
        #expect(try await isOpen(second))
        #expect(try await second.forward(Sample.name("bad"))?.state == .suspended)
        #expect(world.carried.map(\.id) == [Sample.id(1)])
    }

    @Test func `a month's bytes add up over restarts, are used up, and begin anew`() async throws {
        let world = World()
        let draft = Sample.draft(limits: Limits(monthly: 1_000_000))
        let first = try await world.gateway()
        _ = await first.submit(.add([draft]), by: me)
        world.arrive(Self.packet, bytes: 600_000)
        await first.stop()

        let second = try await world.gateway()
        #expect(try await second.forward(Sample.name("nas"))?.monthBytes == 600_000)
        #expect(world.carried.first?.used == 600_000)
        world.arrive(Self.packet, bytes: 500_000)
        #expect(try await state(second) == .usedUp)
        world.pass(30)
        await second.tick()
        let kinds = try await second.activity(of: Sample.name("nas"), limit: 9).map(\.kind)
        #expect(kinds.first == .usedUp)

        // 2027-02-01 00:00.
        world.pass(16 * 86400 + 16 * 3600 - 30)
        await second.tick()
        #expect(try await isOpen(second))
        #expect(world.carried.first?.used == 0)
        #expect(try await second.forward(Sample.name("nas"))?.monthBytes == 0)
        world.arrive(Self.packet, bytes: 700)
        #expect(try await second.forward(Sample.name("nas"))?.monthBytes == 700)
    }

    @Test func `a new month is told to an engine that was told of nothing used`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            .add([Sample.draft(limits: Limits(monthly: 1_000_000))]), by: me)
        let before = world.kernel.engine.changes.count
        world.arrive(Self.packet, bytes: 600_000)
        world.pass(16 * 86400 + 16 * 3600)
        await gateway.tick()
        let told = world.kernel.engine.changes.dropFirst(before).flatMap { change -> [UInt64] in
            guard case .edits(let edits, _) = change else { return [] }
            return edits.compactMap { $0.after?.used }
        }
        #expect(told == [1, 0])
        #expect(try await gateway.forward(Sample.name("nas"))?.monthBytes == 0)
    }
}

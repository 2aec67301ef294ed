import Addressing
import Forwarding
import Gateway
import Storage
import TestKit
import Testing

@Suite struct `Changes that go back` {
    private let me = Requester(name: "me", origin: .operator)

    private func names(_ gateway: Gateway) async throws -> [String] {
        try await gateway.forwards().views.map(\.forward.name.text)
    }

    private func add(_ name: String, _ port: UInt16) -> Request {
        .add([Sample.draft(name, .udp, Sample.ports(port))])
    }

    @Test func `what nobody confirms goes back at its time`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add("kept", 1), by: me)
        let answer = await gateway.submit(add("risky", 2), by: me, confirmWithin: 60)
        #expect(answer.confirmBy == Sample.now + 60)
        world.pass(59)
        await gateway.tick()
        #expect(try await names(gateway) == ["kept", "risky"])
        world.pass(1)
        await gateway.tick()
        #expect(try await names(gateway) == ["kept"])
        #expect(
            try await gateway.activity(of: nil, limit: 1).first?.kind == .rolledBack)
        #expect(await gateway.submit(add("later", 3), by: me).refusals.isEmpty)
    }

    @Test func `what is confirmed stays, and nothing awaits any more`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add("risky", 2), by: me, confirmWithin: 60)
        try await gateway.confirm(by: me)
        world.pass(3600)
        await gateway.tick()
        #expect(try await names(gateway) == ["risky"])
        await #expect(throws: Refusal.self) { try await gateway.confirm(by: me) }
    }

    @Test func `the deadline outlives a restart, also one that comes too late`() async throws {
        let world = World()
        let first = try await world.gateway()
        _ = await first.submit(add("risky", 2), by: me, confirmWithin: 60)
        world.pass(600)
        let second = try await world.gateway()
        await second.tick()
        #expect(try await names(second).isEmpty)
        let third = try await world.gateway()
        #expect(try await names(third).isEmpty)
    }

    @Test func `until then nobody else changes the table, but time goes on`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            .add([Sample.draft("short", .udp, Sample.ports(1), ends: .after(30))]), by: me)
        _ = await gateway.submit(add("risky", 2), by: me, confirmWithin: 60)
        let refused = await gateway.submit(add("other", 3), by: me)
        #expect(refused.refusals.map(\.problem.code) == ["awaits-confirmation"])
        world.pass(31)
        await gateway.tick()
        #expect(try await names(gateway) == ["risky"])
        world.pass(60)
        await gateway.tick()
        #expect(try await names(gateway).isEmpty, "what ended meanwhile does not come back")
    }

    @Test func `an operator goes back at once, and to any revision`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        for (place, name) in ["one", "two", "three"].enumerated() {
            _ = await gateway.submit(add(name, UInt16(place + 1)), by: me)
        }
        _ = await gateway.submit(.remove(Sample.name("one")), by: me)
        let question = try await gateway.rollback(to: 1, by: me, dryRun: true)
        #expect(question.changes.count == 3)
        #expect(try await names(gateway) == ["three", "two"])
        _ = try await gateway.rollback(to: nil, by: me, dryRun: false)
        #expect(try await names(gateway) == ["one", "three", "two"])
        _ = try await gateway.rollback(to: 1, by: me, dryRun: false)
        #expect(try await names(gateway) == ["one"])
        await #expect(throws: Refusal.self) {
            try await gateway.rollback(to: 99, by: me, dryRun: false)
        }
        let difference = try await gateway.difference(from: 1, to: 3)
        #expect(difference.map(\.name.text) == ["three", "two"])
        #expect(try await gateway.history(limit: 100).count == 6)
    }

    @Test func `going back while a change awaits its confirmation goes before it`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add("kept", 1), by: me)
        _ = await gateway.submit(add("risky", 2), by: me, confirmWithin: 60)
        _ = try await gateway.rollback(to: nil, by: me, dryRun: false)
        #expect(try await names(gateway) == ["kept"])
        #expect(await gateway.submit(add("other", 3), by: me).refusals.isEmpty)
        world.pass(61)
        await gateway.tick()
        #expect(try await names(gateway) == ["kept", "other"])
    }
}

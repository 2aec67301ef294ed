import Addressing
import Forwarding
import Gateway
import Storage
import TestKit
import Testing

@Suite struct `What devices were refused` {
    private static func asker(_ last: Int = 10) -> LeaseAsker {
        LeaseAsker(
            .natPMP, from: Sample.endpoint("192.168.7.\(last)", 40_000),
            on: Sample.interface("br0"))
    }

    private static func ask(_ port: UInt16, _ asker: LeaseAsker = asker()) -> LeaseAsk {
        .grant(
            LeaseRequest(
                asker, .tcp, ports: Sample.ports(port), lifetime: 600, seed: UInt64(port)))
    }

    @Test func `is counted by its reason, with the last device`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        for port in [22, 23] as [UInt16] { _ = await gateway.answer([Self.ask(port)]) }
        world.pass(10)
        _ = await gateway.answer([Self.ask(3389), Self.ask(25, Self.asker(20))])
        let refused = await gateway.refusedLeases()
        #expect(refused.map(\.denial.code) == ["low-port", "risky-service"])
        #expect(refused.map(\.count) == [3, 1])
        #expect(refused.first?.device == Sample.address("192.168.7.20"))
        #expect(refused.first?.dialect == .natPMP)
        #expect(refused.first?.last == Sample.now + 10)
    }

    @Test func `takes no more room the more there is of it`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        for last in 2..<250 where last != 10 {
            _ = await gateway.answer((1..<20).map { Self.ask($0, Self.asker(last)) })
        }
        let refused = await gateway.refusedLeases()
        #expect(refused.map(\.denial.code) == ["low-port"])
        #expect(refused.first?.count == 247 * 19)
    }

    @Test func `is not what waits for the operator, nor what is granted`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        var settings = await gateway.settings
        settings.leasing.otherwise = .ask
        try await gateway.adopt(settings)
        _ = await gateway.answer([Self.ask(9001)])
        #expect(await gateway.refusedLeases().isEmpty)
        let me = Requester(name: "me", origin: .operator)
        #expect(try await gateway.deny(1, always: false, by: me))
        _ = await gateway.answer([Self.ask(9001)])
        #expect(await gateway.refusedLeases().map(\.denial.code) == ["denied-by-rule"])
    }
}

import Addressing
import Forwarding
import Gateway
import Storage
import Synchronization
import TestKit
import Testing

@Suite struct `A gateway that asks its operator` {
    private let me = Requester(name: "me", origin: .operator)

    private static func ask(_ port: UInt16, _ source: String = "192.168.7.10") -> LeaseAsk {
        let asker = LeaseAsker(
            .natPMP, from: Sample.endpoint(source, 40_000), on: Sample.interface("br0"))
        return .grant(
            LeaseRequest(asker, .udp, ports: Sample.ports(port), lifetime: 3600, seed: 1))
    }

    private static func gateway(_ world: World) async throws -> Gateway {
        let gateway = try await world.gateway()
        var settings = GatewaySettings()
        settings.leasing.otherwise = .ask
        try await gateway.adopt(settings)
        return gateway
    }

    @Test func `holds a request until it is allowed, and lets it go on then`() async throws {
        let world = World()
        let gateway = try await Self.gateway(world)
        #expect(await gateway.answer([Self.ask(50_000)]) == [.refused(.awaitsConsent(1))])
        #expect(await gateway.answer([Self.ask(50_000)]) == [.refused(.awaitsConsent(1))])
        #expect(await gateway.pendingLeases().map(\.count) == [2])
        let allowed = try await gateway.allow(1, always: false, by: me)
        #expect(allowed?.granted?.forward.external.ports == Sample.ports(50_000))
        #expect(await gateway.pendingLeases().isEmpty)
        #expect(await gateway.answer([Self.ask(50_000)])[0].granted != nil)
        world.pass(3601)
        await gateway.tick()
        #expect(await gateway.answer([Self.ask(50_000)]) == [.refused(.awaitsConsent(2))])
    }

    @Test func `remembers what was said for good over a restart`() async throws {
        let world = World()
        let gateway = try await Self.gateway(world)
        _ = await gateway.answer([Self.ask(50_000), Self.ask(50_001)])
        _ = try await gateway.allow(1, always: true, by: me)
        #expect(try await gateway.deny(2, always: true, by: me))
        let again = try await Self.gateway(world)
        world.pass(3601)
        await again.tick()
        let answers = await again.answer([Self.ask(50_000), Self.ask(50_001)])
        #expect(answers[0].granted != nil && answers[1] == .refused(.rule))
        #expect(try await again.forgetConsent(2, by: me))
        #expect(await again.answer([Self.ask(50_001)]) == [.refused(.awaitsConsent(1))])
    }

    /// What is asked for again under the same number is not what the operator has seen.
    @Test func `grants what the operator has seen, whatever is asked for meanwhile`() async throws {
        let world = World()
        let gateway = try await Self.gateway(world)
        func ask(_ external: UInt16) -> LeaseAsk {
            guard case .grant(var request) = Self.ask(50_000) else { return Self.ask(50_000) }
            request.external = external
            return .grant(request)
        }
        _ = await gateway.answer([ask(50_000)])
        _ = await gateway.answer([ask(22)])
        #expect(await gateway.pendingLeases().map(\.request.external) == [50_000])
        let answer = try await gateway.allow(1, always: true, by: me)
        #expect(answer?.granted?.forward.external.ports == Sample.ports(50_000))
        #expect(!world.carried.contains { $0.ports == Sample.ports(22) })
    }

    @Test func `refuses for an hour what was denied once`() async throws {
        let world = World()
        let gateway = try await Self.gateway(world)
        _ = await gateway.answer([Self.ask(50_000)])
        #expect(try await gateway.deny(1, always: false, by: me))
        #expect(await gateway.answer([Self.ask(50_000)]) == [.refused(.rule)])
        #expect(await gateway.pendingLeases().isEmpty)
        world.pass(3601)
        #expect(await gateway.answer([Self.ask(50_000)]) == [.refused(.awaitsConsent(2))])
    }

    @Test func `holds only so many requests of one device, and of all`() async throws {
        let world = World()
        let gateway = try await Self.gateway(world)
        for port in 2000..<2040 as Range<UInt16> { _ = await gateway.answer([Self.ask(port)]) }
        #expect(await gateway.pendingLeases().count == 16)
        for host in 2...60 {
            for port in 2000..<2016 as Range<UInt16> {
                _ = await gateway.answer([Self.ask(port, "192.168.7.\(host)")])
            }
        }
        #expect(await gateway.pendingLeases().count == 256)
    }
}

extension LeaseAnswer {
    var granted: GrantedLease? {
        guard case .granted(let lease) = self else { return nil }
        return lease
    }
}

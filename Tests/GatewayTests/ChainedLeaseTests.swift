import Addressing
import Forwarding
import Gateway
import Storage
import TestKit
import Testing

@Suite struct `What devices are told of a router in front` {
    private static let wan = Sample.interface("wan0")
    private static let outside = IPv4Address(198, 51, 100, 1)

    private static func ask(_ external: UInt16 = 50_000, exactly: Bool = false) -> LeaseAsk {
        let asker = LeaseAsker(
            .pcp, from: Sample.endpoint("192.168.7.10", 40_000), on: Sample.interface("br0"))
        return .grant(
            LeaseRequest(
                asker, .udp, ports: Sample.ports(9001), external: external,
                address: exactly ? .v4(outside) : nil, choice: exactly ? .exactly : .anyFree,
                lifetime: 600, nonce: LeaseNonce(high: 1, low: 2), seed: 1))
    }

    private func chained() async throws -> (World, Gateway) {
        let world = World()
        let gateway = try await world.gateway()
        var settings = await gateway.settings
        settings.chainsLeases = true
        try await gateway.adopt(settings)
        return (world, gateway)
    }

    private func held(_ gateway: Gateway, _ port: UInt16) async throws {
        let forward = try #require(await gateway.leases().forwards.first)
        let key = UpstreamKey(.udp, forward.external.ports.first)
        let grant = UpstreamGrant(
            key, by: .pcp, address: Self.outside, port: port, lifetime: 600)
        await gateway.noteUpstream([
            forward.id: [UpstreamPort(Self.wan, key, .held(grant, until: nil))]
        ])
    }

    private func told(_ gateway: Gateway, _ ask: LeaseAsk = ask()) async -> GrantedLease? {
        guard case .granted(let lease) = await gateway.answer([ask])[0] else { return nil }
        return lease
    }

    @Test func `is the gateway's own while it has not answered`() async throws {
        let (_, gateway) = try await chained()
        let lease = await told(gateway)
        #expect(lease?.address == Sample.address("203.0.113.5") && lease?.frontPort == nil)
    }

    @Test func `is its address and its port from then on, and can be wished for`() async throws {
        let (world, gateway) = try await chained()
        _ = await told(gateway)
        let since = await gateway.standing().since
        world.pass(10)
        var events = await gateway.leaseEvents().makeAsyncIterator()
        try await held(gateway, 50_007)
        #expect(await gateway.standing().v4 == Self.outside)
        #expect(await gateway.standing().since == since + 10, "the epoch begins anew")
        #expect(await events.next() == .addressChanged)
        #expect(await events.next() == .networkChanged)
        guard case .changed(let forward, false)? = await events.next() else {
            Issue.record("no update")
            return
        }
        #expect(forward.external.ports == Sample.ports(50_007))
        let again = await told(gateway, Self.ask(50_007, exactly: true))
        #expect(again?.address == .v4(Self.outside) && again?.frontPort == 50_007)
        #expect(await gateway.leases().forwards.map(\.external.ports) == [Sample.ports(50_000)])
        // Nothing is said twice.
        try await held(gateway, 50_007)
        #expect(await gateway.standing().since == since + 10)
    }

    @Test func `is its port whenever something is told without being asked`() async throws {
        let (_, gateway) = try await chained()
        let lease = try #require(await told(gateway))
        try await held(gateway, 50_007)
        #expect(await gateway.leasesAsTold().forwards.map(\.external.ports.first) == [50_007])
        #expect(await gateway.leases().forwards.map(\.external.ports.first) == [50_000])
        // The operator's no to a port is told for the port that the device knows.
        var events = await gateway.leaseEvents().makeAsyncIterator()
        let me = Requester(name: "me", origin: .operator)
        _ = await gateway.submit(.remove(lease.forward.name), by: me)
        guard case .changed(let forward, true)? = await events.next() else {
            Issue.record("no update")
            return
        }
        #expect(forward.external.ports == Sample.ports(50_007))
    }

    @Test func `is its port, too, when the operator allows a device what it has already`()
        async throws
    {
        let (_, gateway) = try await chained()
        var settings = await gateway.settings
        settings.leasing.otherwise = .ask
        try await gateway.adopt(settings)
        #expect(await gateway.answer([Self.ask()]) == [.refused(.awaitsConsent(1))])
        settings.leasing.otherwise = .allow
        try await gateway.adopt(settings)
        _ = await told(gateway)
        try await held(gateway, 50_007)
        var events = await gateway.leaseEvents().makeAsyncIterator()
        let me = Requester(name: "me", origin: .operator)
        _ = try await gateway.allow(1, always: false, by: me)
        while let event = await events.next() {
            guard case .changed(let forward, false) = event else { continue }
            #expect(forward.external.ports == Sample.ports(50_007))
            return
        }
    }

    @Test func `is left where forwards alone are chained`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await told(gateway)
        try await held(gateway, 50_007)
        let lease = await told(gateway)
        #expect(lease?.address == Sample.address("203.0.113.5") && lease?.frontPort == nil)
    }
}

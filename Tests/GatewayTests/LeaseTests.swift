import Addressing
import Forwarding
import Gateway
import Storage
import Synchronization
import TestKit
import Testing

@Suite struct `A gateway that devices ask` {
    private let me = Requester(name: "me", origin: .operator)

    private static func asker(
        _ dialect: MappingDialect = .pcp, _ source: String = "192.168.7.10"
    ) -> LeaseAsker {
        LeaseAsker(dialect, from: Sample.endpoint(source, 40_000), on: Sample.interface("br0"))
    }

    private static func ask(
        _ port: UInt16, _ asker: LeaseAsker = asker(), lifetime: UInt32 = 3600
    ) -> LeaseAsk {
        .grant(
            LeaseRequest(
                asker, .udp, ports: Sample.ports(port), external: port, lifetime: lifetime,
                nonce: asker.dialect == .pcp ? LeaseNonce(high: 1, low: UInt32(port)) : nil,
                seed: UInt64(port)))
    }

    @Test func `grants what is in force then, and keeps it over a restart`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let answer = await gateway.answer([Self.ask(50_000)])[0]
        #expect(answer.granted?.address == Sample.address("203.0.113.5"))
        #expect(answer.granted?.lifetime == 3600)
        #expect(world.carried.map(\.ports) == [Sample.ports(50_000)])
        #expect(world.carried.map(\.keepsPort) == [true])
        world.pass(1000)
        let again = try await world.gateway()
        #expect(world.carried.count == 1)
        let renewed = await again.answer([Self.ask(50_000, lifetime: 200)])[0]
        #expect(renewed.granted?.forward.id == answer.granted?.forward.id)
        let stranger = LeaseRelease(
            Self.asker(), .internalPort(.udp, 50_000), nonce: LeaseNonce(high: 9, low: 9))
        #expect(await again.answer([.release(stranger)]) == [.refused(.nonce)])
    }

    @Test func `decides a heap in order, and puts it in force in one step`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let before = world.kernel.engine.changes.count
        let other = Self.asker(.pcp, "192.168.7.20")
        let answers = await gateway.answer(
            [Self.ask(50_000), Self.ask(50_000, other), Self.ask(50_000), Self.ask(50_001)])
        let ports = answers.map { $0.granted?.forward.external.ports.first }
        #expect(ports[0] == 50_000 && ports[2] == 50_000 && ports[3] == 50_001)
        #expect(ports[1] != nil && ports[1] != 50_000)
        #expect(world.kernel.engine.changes.count == before + 1)
        #expect(await gateway.leases().forwards.count == 3)
    }

    /// In one heap a device may ask, renew and give back the same port again and again.
    @Test(arguments: Seed.batch(40))
    func `has nothing more of a heap than the engine and the store have`(seed: Seed) async throws {
        var gen = Gen(seed)
        let world = World()
        let gateway = try await world.gateway()
        for _ in 0..<4 {
            let asks = (0..<gen.int(1...12)).map { _ -> LeaseAsk in
                let port = UInt16(50_000 + gen.int(0...2))
                guard gen.oneIn(2) else {
                    return Self.ask(port, lifetime: UInt32(gen.int(120...3600)))
                }
                let nonce = LeaseNonce(high: 1, low: UInt32(port))
                return .release(
                    LeaseRelease(Self.asker(), .internalPort(.udp, port), nonce: nonce))
            }
            _ = await gateway.answer(asks)
            let held = Set(await gateway.leases().forwards.map(\.id))
            #expect(held == Set(world.carried.map(\.id)))
        }
        let held = await gateway.leases().forwards.map(\.id)
        await gateway.stop()
        let again = try await world.gateway()
        #expect(Set(await again.leases().forwards.map(\.id)) == Set(held))
    }

    @Test func `is not kept from serving the others by one that the engine refuses`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let refusal = EngineError.refused(nil, code: 17, detail: "File exists")
        world.failures.withLock { $0 = [refusal, refusal] }
        let answers = await gateway.answer([Self.ask(50_000), Self.ask(50_001)])
        #expect(answers.count { $0 == .refused(.failed) } == 1)
        #expect(answers.count { $0.granted != nil } == 1)
        #expect(await gateway.leases().forwards.count == 1)
    }

    @Test func `makes no revisions of what devices do`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft("nas")]), by: me)
        let revision = await gateway.currentRevision()
        _ = await gateway.answer([Self.ask(50_000)])
        _ = await gateway.answer([Self.ask(50_001)])
        #expect(await gateway.currentRevision() == revision)
        let back = try await gateway.rollback(to: 0, by: me, dryRun: false)
        #expect(back.refusals.isEmpty)
        #expect(await gateway.leases().forwards.count == 2)
    }

    @Test func `serves devices while a change waits for its confirmation`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft("nas")]), by: me, confirmWithin: 60)
        #expect(await gateway.answer([Self.ask(50_000)])[0].granted != nil)
        world.pass(61)
        await gateway.tick()
        #expect(try await gateway.forwards().views.map(\.forward.origin) == [.device])
    }

    @Test func `ends what is over, and keeps its port from others for a while`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.answer([Self.ask(50_000, lifetime: 120)])
        world.pass(121)
        await gateway.tick()
        #expect(world.carried.isEmpty)
        let other = Self.asker(.natPMP, "192.168.7.20")
        let early = await gateway.answer([Self.ask(50_000, other)])[0]
        #expect(early.granted != nil)
        #expect(early.granted?.forward.external.ports.first != 50_000)
        world.pass(121)
        let third = Self.asker(.natPMP, "192.168.7.30")
        let late = await gateway.answer([Self.ask(50_000, third)])[0]
        #expect(late.granted?.forward.external.ports.first == 50_000)
    }

    @Test func `tells the address of the WAN by which devices' traffic leaves`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        #expect(await gateway.standing().v4 == Sample.address("203.0.113.5").v4)
        var events = await gateway.leaseEvents().makeAsyncIterator()
        var view = Sample.network
        view.defaultExit = Sample.interface("wan1")
        await gateway.observe(NetworkObservation(view: view))
        let standing = await gateway.standing()
        #expect(standing.wan == Sample.interface("wan1"))
        #expect(standing.v4 == Sample.address("192.0.2.5").v4)
        #expect(await events.next() == .addressChanged)
        #expect(
            await gateway.answer([Self.ask(50_000)])[0].granted?.address
                == Sample.address("192.0.2.5"))
        // By no WAN at all: the first that has an address.
        view.defaultExit = Sample.interface("br0")
        view.links.removeAll { $0.interface == Sample.interface("wan0") }
        await gateway.observe(NetworkObservation(view: view))
        #expect(await gateway.standing().v4 == Sample.address("192.0.2.5").v4)
    }

    @Test func `tells where the operator's forward stands`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let draft = Sample.draft(
            "game", .udp, Sample.ports(50_000), scope: .interface(Sample.interface("wan1")))
        #expect(await gateway.submit(.add([draft]), by: me).refusals.isEmpty)
        let granted = await gateway.answer([Self.ask(50_000)])[0].granted
        #expect(granted?.forward.name.text == "game")
        #expect(granted?.address == Sample.address("192.0.2.5"))
    }

    @Test func `begins a new epoch with another address, and goes on with the same`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let since = await gateway.standing().since
        world.pass(500)
        let again = try await world.gateway()
        #expect(await again.standing().since == since)
        var events = await again.leaseEvents().makeAsyncIterator()
        var moved = Sample.network
        moved.links = moved.links.map { link in
            var link = link
            if link.address == Sample.address("203.0.113.5") {
                link.address = Sample.address("203.0.113.6")
            }
            return link
        }
        world.pass(1)
        await again.observe(NetworkObservation(view: moved))
        #expect(await again.standing().since == since + 501)
        #expect(await events.next() == .addressChanged)
    }

    @Test func `tells a device what others do to its mapping, and not what it does itself`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        let stream = await gateway.leaseEvents()
        var events = stream.makeAsyncIterator()
        let granted = await gateway.answer([Self.ask(50_000)])[0].granted
        #expect(await events.next() == .bookChanged)
        let forward = try #require(granted?.forward)
        _ = await gateway.submit(.remove(forward.name), by: me)
        #expect(await events.next() == .changed(forward, isGone: true))
    }

    @Test func `loses no change of the address to a listener that is slow`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let granted = await gateway.answer([Self.ask(50_000)])[0].granted
        let name = try #require(granted?.forward.name)
        var events = await gateway.leaseEvents().makeAsyncIterator()
        var view = Sample.network
        view.defaultExit = Sample.interface("wan1")
        await gateway.observe(NetworkObservation(view: view))
        for _ in 0..<600 {
            _ = await gateway.submit(.edit(name, ForwardEdit(enabled: false)), by: me)
            _ = await gateway.submit(.edit(name, ForwardEdit(enabled: true)), by: me)
        }
        var heard: [LeaseEvent] = []
        for _ in 0..<1024 { heard += await events.next().map { [$0] } ?? [] }
        #expect(heard.count { $0 == .addressChanged } == 1)
        #expect(heard.count { $0 == .networkChanged } == 1)
        #expect(heard.contains(.bookChanged))
    }

    @Test func `extends what has no end for as long as its device is there`() async throws {
        let world = World()
        world.pass(3600 - world.now().seconds % 3600)
        let gateway = try await world.gateway()
        var request = LeaseRequest(
            Self.asker(.upnp), .tcp, ports: Sample.ports(50_000), external: 50_000,
            choice: .exactly, identity: .externalPort, lifetime: 604_800, lastsWhilePresent: true,
            seed: 1)
        request.comment = "game"
        let mac = MACAddress("02:00:00:00:00:10")
        world.neighbours.withLock { $0[Sample.address("192.168.7.10")] = mac }
        let first = await gateway.answer([.grant(request)])[0].granted?.forward
        #expect(first?.lease?.mac == mac)
        world.pass(36_000)
        await gateway.tick()
        #expect(await gateway.leases().forwards[0].ends == world.now() + 604_800)
        world.neighbours.withLock { $0 = [:] }
        world.pass(604_801)
        await gateway.tick()
        #expect(await gateway.leases().forwards.isEmpty)
    }
}

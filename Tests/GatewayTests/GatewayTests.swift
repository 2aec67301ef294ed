import Addressing
import Forwarding
import Gateway
import Storage
import Synchronization
import TestKit
import Testing

@Suite struct `The gateway` {
    private let me = Requester(name: "me", origin: .operator)

    private func add(_ drafts: ForwardDraft...) -> Request { .add(drafts) }

    private func targets(_ gateway: Gateway, _ name: String) async throws -> [IPAddress]? {
        guard let view = try await gateway.forward(Sample.name(name)),
            case .inForce(let places) = view.state
        else { return nil }
        return places
    }

    @Test func `a change that the engine refuses is taken back, in the store as well`() async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("kept")), by: me)
        world.failures.withLock { $0 = [.refused(nil, code: 17, detail: "File exists")] }
        let answer = await gateway.submit(
            add(Sample.draft("lost", .udp, Sample.ports(9))), by: me)
        #expect(answer.refusals.map(\.problem.code) == ["engine"])
        #expect(try await gateway.forwards().views.map(\.forward.name.text) == ["kept"])
        let again = try await world.gateway()
        #expect(try await again.forwards().views.map(\.forward.name.text) == ["kept"])
        #expect(await again.currentRevision() == 3)
    }

    @Test func `a failure that leaves it open what the engine has is followed by everything`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("kept")), by: me)
        world.failures.withLock { $0 = [.system(code: 105, during: .commit)] }
        let answer = await gateway.submit(
            add(Sample.draft("lost", .udp, Sample.ports(9))), by: me)
        #expect(!answer.refusals.isEmpty)
        #expect(try await targets(gateway, "kept") == [Sample.address("192.168.7.10")])
        let next = await gateway.submit(
            add(Sample.draft("next", .udp, Sample.ports(9))), by: me)
        #expect(next.refusals.isEmpty)
    }

    @Test func `a start waits for no name server: targets are where they were last`() async throws {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        let first = try await world.gateway()
        _ = await first.submit(add(Sample.draft("nas", to: "nas.lan")), by: me)
        world.say("nas.lan", nil)
        let second = try await world.gateway()
        #expect(try await targets(second, "nas") == [Sample.address("192.168.7.10")])
        world.say("nas.lan", "192.168.7.20")
        world.pass(6)
        await second.tick()
        #expect(try await targets(second, "nas") == [Sample.address("192.168.7.20")])
    }

    @Test(arguments: ["127.0.0.1", "203.0.113.5", "192.168.7.1", "224.0.0.1"])
    func `a name that turns to where no forward may lead is not followed`(address: String)
        async throws
    {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("nas", to: "nas.lan")), by: me)
        world.say("nas.lan", address)
        world.pass(11)
        await gateway.tick()
        #expect(world.timesAsked("nas.lan") == 2)
        #expect(try await targets(gateway, "nas") == [Sample.address("192.168.7.10")])
    }

    @Test
    func `a name is asked for again only when its time has passed, and as long as it is used`()
        async throws
    {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("nas", to: "nas.lan")), by: me)
        world.pass(9)
        await gateway.tick()
        #expect(world.timesAsked("nas.lan") == 1)
        world.pass(2)
        await gateway.tick()
        #expect(world.timesAsked("nas.lan") == 2)
        _ = await gateway.submit(.remove(Sample.name("nas")), by: me)
        world.pass(20)
        await gateway.tick()
        #expect(world.timesAsked("nas.lan") == 2)
    }

    @Test func `a question leaves nothing behind`() async throws {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        let gateway = try await world.gateway()
        let answer = await gateway.submit(
            add(Sample.draft("nas", to: "nas.lan")), by: me, dryRun: true)
        #expect(answer.changes.count == 1)
        world.pass(20)
        await gateway.tick()
        #expect(world.timesAsked("nas.lan") == 1)
        #expect(await gateway.currentRevision() == 0)
    }

    @Test func `a lease ends at its second, and not before`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("nas", ends: .after(60))), by: me)
        world.pass(59)
        await gateway.tick()
        #expect(try await gateway.forwards().views.count == 1)
        world.pass(1)
        await gateway.tick()
        #expect(try await gateway.forwards().views.isEmpty)
        let kinds = try await gateway.activity(of: Sample.name("nas"), limit: 9).map(\.kind)
        #expect(kinds == [.ended, .added])
    }

    @Test func `a lease that ended while nobody was there is gone at the start`() async throws {
        let world = World()
        _ = await (try await world.gateway()).submit(
            add(Sample.draft("nas", ends: .after(60))), by: me)
        world.pass(61)
        #expect(try await world.gateway().forwards().views.isEmpty)
    }

    @Test func `a forward that cannot follow does not keep the others from it, and is tried again`()
        async throws
    {
        let world = World()
        for (name, address) in [("nas.lan", "192.168.7.10"), ("cam.lan", "192.168.7.11")] {
            world.say(name, address)
        }
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            add(
                Sample.draft("nas", .tcp, Sample.ports(1), to: "nas.lan"),
                Sample.draft("cam", .tcp, Sample.ports(2), to: "cam.lan")), by: me)
        world.say("nas.lan", "192.168.7.20")
        world.say("cam.lan", "192.168.7.21")
        // The batch, then the first forward alone.
        let refusal = EngineError.refused(nil, code: 17, detail: "")
        world.failures.withLock { $0 = [refusal, refusal] }
        world.pass(11)
        await gateway.tick()
        let places = [try await targets(gateway, "nas"), try await targets(gateway, "cam")]
        #expect(places.count { $0 == nil } == 1)
        #expect(places.count { $0 != nil } == 1)
        world.say("nas.lan", "192.168.7.30")
        world.say("cam.lan", "192.168.7.31")
        world.pass(11)
        await gateway.tick()
        #expect(try await targets(gateway, "nas") == [Sample.address("192.168.7.30")])
        #expect(try await targets(gateway, "cam") == [Sample.address("192.168.7.31")])
    }

    @Test func `a device is followed by its hardware address`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        let answer = await gateway.submit(
            add(Sample.draft("nas", to: "02:00:00:00:00:01")), by: me)
        #expect(answer.warnings.contains(.notSeenYet(Sample.name("nas"), mac)))
        #expect(try await targets(gateway, "nas") == nil)
        for address in ["192.168.7.10", "192.168.7.44"] {
            let place = ResolvedTarget(Sample.address(address))
            await gateway.observe(NetworkObservation(view: Sample.network, devices: [mac: place]))
            #expect(try await targets(gateway, "nas") == [Sample.address(address)])
        }
        await gateway.observe(NetworkObservation(view: Sample.network))
        #expect(try await targets(gateway, "nas") == [Sample.address("192.168.7.44")])
    }

    @Test func `who looked at another revision is told`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(add(Sample.draft("nas")), by: me)
        let answer = await gateway.submit(.remove(Sample.name("nas")), by: me, expecting: 0)
        #expect(answer.refusals.map(\.problem) == [.revision(found: 1)])
        #expect(try await gateway.forwards().views.count == 1)
    }

    @Test func `refusals are on record, with who was refused`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let stranger = Requester(name: "stranger", origin: .operator)
        _ = await gateway.submit(add(Sample.draft("nas", to: "224.0.0.1")), by: stranger)
        let entry = try #require(try await gateway.activity(of: nil, limit: 1).first)
        #expect(entry.kind == .refused)
        #expect(entry.who == "stranger")
        #expect(entry.detail.contains("multicast"))
    }

    @Test func `the table is fought for three times in ten minutes, and no more`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let nft = TableDisturbance(program: "nft", thread: 7)
        await gateway.defend(against: nft)
        #expect(try await gateway.activity(of: nil, limit: 1)[0].kind == .started, "all is well")
        world.isDisturbed.withLock { $0 = true }
        func restorations() async throws -> Int {
            try await gateway.activity(of: nil, limit: 100).count { $0.kind == .restored }
        }
        for fight in 1...3 {
            await gateway.defend(against: nft)
            #expect(try await restorations() == fight)
            world.pass(299)
        }
        #expect(try await gateway.status().contest == nil)
        // The first fight is forgotten by now; two are within ten minutes.
        await gateway.defend(against: nft)
        #expect(try await restorations() == 4)
        await gateway.defend(against: nft)
        #expect(try await gateway.status().contest == nft)
        #expect(try await restorations() == 4)
        world.pass(3600)
        await gateway.defend(against: nft)
        #expect(try await restorations() == 4, "given up until somebody says otherwise")
        await gateway.resumeDefence()
        #expect(try await gateway.status().contest == nil)
        #expect(try await restorations() == 5)
    }

    @Test func `an announcement without a difference is no fourth fight`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let nft = TableDisturbance(program: "nft", thread: 7)
        world.isDisturbed.withLock { $0 = true }
        for _ in 1...3 { await gateway.defend(against: nft) }
        world.isDisturbed.withLock { $0 = false }
        await gateway.defend(against: nft)
        #expect(try await gateway.status().contest == nil)
        world.isDisturbed.withLock { $0 = true }
        await gateway.defend(against: nft)
        #expect(try await gateway.status().contest == nft)
    }
}

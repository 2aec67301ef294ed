import Addressing
import Forwarding
import Gateway
import Synchronization
import TestKit
import Testing

/// What becomes of the table when the engine would not have what follows from something that has
/// happened already: a target that moved, a clock that went on.
@Suite struct `An engine that refuses` {
    private let me = Requester(name: "me", origin: .operator)
    private let clash = EngineError.refused(nil, code: 17, detail: "")
    private static let packet = Packet(
        .tcp, from: Sample.endpoint("198.51.100.7", 5000),
        to: Sample.endpoint("203.0.113.5", 8443),
        arrival: .interface(Sample.interface("wan0")))

    private func isSuspended(_ gateway: Gateway, _ name: String = "nas") async throws -> Bool {
        try await gateway.forward(Sample.name(name))?.state == .suspended
    }

    @Test func `a table that another program has taken is put back, with every forward`()
        async throws
    {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            .add([
                Sample.draft("nas", .tcp, Sample.ports(1), to: "nas.lan"),
                Sample.draft("cam", .tcp, Sample.ports(2)),
            ]), by: me)
        world.say("nas.lan", "192.168.7.20")
        world.failures.withLock { $0 = [.refused(nil, code: 2, detail: "")] }
        world.pass(11)
        await gateway.tick()
        #expect(try await isSuspended(gateway) == false)
        #expect(world.carried.count == 2)
        #expect(world.carried.first?.target4 == IPv4Address("192.168.7.20"))
    }

    @Test func `an end that the engine will not have stands, and is not tried each second`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft(ends: .after(10))]), by: me)
        world.failures.withLock { $0 = [clash] }
        for _ in 1...5 {
            world.pass(10)
            await gateway.tick()
        }
        #expect(await gateway.currentRevision() == 2)
        #expect(try await gateway.forwards().views.isEmpty)
        #expect(world.carried.isEmpty)
    }

    @Test func `a removal that is taken back gives no bytes back`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft(limits: Limits(monthly: 1_000_000))]), by: me)
        world.arrive(Self.packet, bytes: 600_000)
        world.failures.withLock { $0 = [clash] }
        let answer = await gateway.submit(.remove(Sample.name("nas")), by: me)
        #expect(!answer.refusals.isEmpty)
        #expect(try await gateway.forward(Sample.name("nas"))?.monthBytes == 600_000)
        let again = try await world.gateway()
        #expect(try await again.forward(Sample.name("nas"))?.monthBytes == 600_000)
    }

    @Test func `a forward left out stays so until the engine has it`() async throws {
        let world = World()
        let first = try await world.gateway()
        _ = await first.submit(.add([Sample.draft()]), by: me)
        world.failures.withLock { $0 = [.refused(Sample.id(1), code: 17, detail: "")] }
        let gateway = try await world.gateway()
        #expect(try await isSuspended(gateway))
        var edit = ForwardEdit()
        edit.comment = "another word"
        world.failures.withLock { $0 = [clash] }
        _ = await gateway.submit(.edit(Sample.name("nas"), edit), by: me)
        #expect(try await isSuspended(gateway))
        #expect(world.carried.isEmpty)
        var network = Sample.network
        network.wans = []
        await gateway.observe(NetworkObservation(view: network))
        await gateway.observe(NetworkObservation(view: Sample.network))
        #expect(try await isSuspended(gateway) == false)
        #expect(world.carried.count == 1)
    }
}

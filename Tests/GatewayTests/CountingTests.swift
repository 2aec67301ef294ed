import Addressing
import Forwarding
import Foundation
import Gateway
import Logging
import Storage
import TestKit
import Testing

/// Totals over everything that has counters begin at zero again.
@Suite struct `What forwards carried` {
    private let me = Requester(name: "me", origin: .operator)
    private let nas = Sample.name("nas")
    private let draft = Sample.draft("nas", .udp, Sample.ports(1000))

    /// Two engines on one folder; a relay starts anew with each gateway, the kernel does not.
    // SAFETY: a test uses it from one task, and its gateways one after the other.
    private final class House: @unchecked Sendable {
        let world = World()
        let kernel = FakeEngine()
        var relay = FakeEngine(
            capabilities: EngineCapabilities(engine: "relay", isProtected: true))

        func gateway() async throws -> Gateway {
            relay = FakeEngine(
                capabilities: EngineCapabilities(engine: "relay", isProtected: true))
            return try await gateway(EnginePair(kernel: kernel, relay: relay))
        }

        func relayAlone() async throws -> Gateway {
            relay = FakeEngine(
                capabilities: EngineCapabilities(engine: "relay", isProtected: true))
            return try await gateway(EnginePair(relay: relay, because: .daemonIsTold))
        }

        private func gateway(_ pair: sending EnginePair) async throws -> Gateway {
            var log = Logger(label: "test")
            log.logLevel = .critical
            let settings = GatewaySettings(engines: pair.available)
            let gateway = Gateway(
                store: try SQLiteStore(folder: world.folder), engine: pair, facts: world,
                settings: settings, observation: NetworkObservation(view: Sample.network), log: log)
            try await gateway.start()
            return gateway
        }

        func arrive(_ count: Int, at engine: FakeEngine) {
            let packet = Packet(
                .udp, from: Sample.endpoint("203.0.113.9", 40000),
                to: Sample.endpoint("203.0.113.5", 1000),
                arrival: .interface(Sample.interface("wan0")))
            for _ in 0..<count { engine.arrive(packet, bytes: 100) }
        }
    }

    private func carried(_ gateway: Gateway) async throws -> UInt64? {
        try await gateway.forward(nas)?.traffic.inbound.packets
    }

    @Test func `a relay that carries more after a restart than before loses nothing`() async throws
    {
        let house = House()
        var gateway = try await house.relayAlone()
        #expect(await gateway.submit(.add([draft]), by: me).refusals.isEmpty)
        house.arrive(3, at: house.relay)
        await gateway.stop()
        gateway = try await house.relayAlone()
        #expect(try await carried(gateway) == 3)
        house.arrive(10, at: house.relay)
        #expect(try await carried(gateway) == 13)
        await gateway.stop()
        gateway = try await house.relayAlone()
        #expect(try await carried(gateway) == 13)
    }

    @Test func `the kernel goes on counting while no gateway runs`() async throws {
        let house = House()
        var gateway = try await house.gateway()
        _ = await gateway.submit(.add([draft]), by: me)
        house.arrive(3, at: house.kernel)
        await gateway.stop()
        house.arrive(2, at: house.kernel)
        gateway = try await house.gateway()
        #expect(try await carried(gateway) == 5)
        house.arrive(1, at: house.kernel)
        #expect(try await carried(gateway) == 6)
    }

    @Test func `a forward that goes from one engine to the other and back loses nothing`()
        async throws
    {
        let house = House()
        let gateway = try await house.gateway()
        _ = await gateway.submit(.add([draft]), by: me)
        house.arrive(3, at: house.kernel)
        var (relayed, back) = (ForwardEdit(), ForwardEdit())
        relayed.relay = RelayTerms(engine: .relay)
        back.relay = RelayTerms.none
        #expect(await gateway.submit(.edit(nas, relayed), by: me).refusals.isEmpty)
        #expect(try await gateway.forward(nas)?.choice == .relay(.forwardIsTold))
        #expect(try await carried(gateway) == 3)
        house.arrive(10, at: house.relay)
        #expect(try await carried(gateway) == 13)
        #expect(await gateway.submit(.edit(nas, back), by: me).refusals.isEmpty)
        house.arrive(20, at: house.kernel)
        #expect(try await carried(gateway) == 33)
    }

    @Test func `a forward that is off for a while loses nothing`() async throws {
        let house = House()
        let gateway = try await house.gateway()
        _ = await gateway.submit(.add([draft]), by: me)
        house.arrive(3, at: house.kernel)
        for isOn in [false, true] {
            #expect(
                await gateway.submit(.edit(nas, ForwardEdit(enabled: isOn)), by: me)
                    .refusals.isEmpty)
        }
        house.arrive(10, at: house.kernel)
        #expect(try await carried(gateway) == 13)
    }

    @Test func `a number that another forward has now brings it nothing`() async throws {
        let house = House()
        let gateway = try await house.gateway()
        _ = await gateway.submit(.add([draft]), by: me)
        house.arrive(3, at: house.kernel)
        var other = draft
        other.name = Sample.name("other")
        let answer = await gateway.submit(.apply([other], prune: .everything), by: me)
        #expect(answer.refusals.isEmpty)
        #expect(try await gateway.forward(other.name)?.traffic.inbound.packets == 0)
    }
}

/// Flows of both engines, ended by hand.
@Suite struct `Flows that are ended by hand` {
    private let me = Requester(name: "me", origin: .operator)

    @Test func `end in the engine that has them, and the record says by whom`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([Sample.draft("nas", .udp, Sample.ports(1000))]), by: me)
        let packet = Packet(
            .udp, from: Sample.endpoint("203.0.113.9", 40000),
            to: Sample.endpoint("203.0.113.5", 1000),
            arrival: .interface(Sample.interface("wan0")))
        world.arrive(packet, bytes: 100)
        let flow = try #require(try await gateway.flows(of: nil)?.first?.1)
        #expect(try await gateway.endFlow(.kernel(id: 99, digest: 9), by: me) == nil)
        let ended = try #require(try await gateway.endFlow(flow.number, by: me))
        #expect(ended.0.text == "nas")
        #expect(ended.1 == flow)
        #expect(try await gateway.flows(of: nil)?.isEmpty == true)
        #expect(try await gateway.endFlow(flow.number, by: me) == nil)
        let entry = try #require(try await gateway.activity(of: nil, limit: 1).first)
        #expect(entry.kind == .flowEnded)
        #expect(entry.who == "me")
        #expect(entry.forward?.text == "nas")
        #expect(entry.detail.contains("\(flow.number)"))
        #expect(entry.detail.contains("203.0.113.9:40000"))
    }

    @Test func `are remembered with why they ended, of one forward or of all`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let drafts = ["one", "two"].enumerated().map { place, name in
            Sample.draft(name, .udp, Sample.ports(1000 + UInt16(place)))
        }
        _ = await gateway.submit(.add(drafts), by: me)
        for port in [1000, 1001] as [UInt16] {
            world.arrive(
                Packet(
                    .udp, from: Sample.endpoint("203.0.113.9", 40000),
                    to: Sample.endpoint("203.0.113.5", port),
                    arrival: .interface(Sample.interface("wan0"))), bytes: 100)
        }
        for (_, flow) in try await gateway.flows(of: nil) ?? [] {
            _ = try await gateway.endFlow(flow.number, by: me)
        }
        let all = try #require(try await gateway.endedFlows(of: nil, limit: 10))
        #expect(Set(all.map(\.0.text)) == ["one", "two"])
        #expect(all.allSatisfy { $0.1.reason == EndReason(.killed, .data) })
        #expect(try await gateway.endedFlows(of: nil, limit: 1)?.count == 1)
        let one = try await gateway.endedFlows(of: Sample.name("one"), limit: 10)
        #expect(one?.map(\.1.externalPort) == [1000])
        #expect(try await gateway.endedFlows(of: Sample.name("nobody"), limit: 10) == nil)
        // The next forward of the number has carried none of them.
        world.pass(60)
        let names = drafts.map(\.name)
        for name in names { _ = await gateway.submit(.remove(name), by: me) }
        _ = await gateway.submit(.add([Sample.draft("three", .udp, Sample.ports(1000))]), by: me)
        #expect(try await gateway.endedFlows(of: nil, limit: 10)?.isEmpty == true)
    }
}

import Addressing
import Forwarding
import Gateway
import Logging
import Storage
import TestKit
import Testing

@Suite struct `Forwards that a relay carries` {
    private let me = Requester(name: "me", origin: .operator)
    private let nas = Sample.name("nas")
    private let mac = "02:00:00:00:00:01"

    private func target(_ host: String) throws -> Target {
        try ForwardSpelling.target(host, external: Sample.ports(8443))
    }

    /// To a name, with a device and another name beside it.
    private func draft() throws -> ForwardDraft {
        let name = try #require(NamePattern("www.example.com"))
        return Sample.draft(
            "nas", to: "nas.lan",
            relay: RelayTerms(
                spares: [try target(mac)],
                routes: [NameRoute(name: name, target: try target("web.lan"))]))
    }

    private func places(_ gateway: Gateway) async throws -> [String]? {
        guard case .inForce(let places)? = try await gateway.forward(nas)?.state else {
            return nil
        }
        return places.map(\.description)
    }

    private func seen(_ address: String) throws -> NetworkObservation {
        let mac = try #require(MACAddress(mac))
        return NetworkObservation(
            view: Sample.network, devices: [mac: ResolvedTarget(Sample.address(address))])
    }

    @Test func `every target is found and followed, over a restart too`() async throws {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        world.say("web.lan", "192.168.7.20")
        let gateway = try await world.gateway(try seen("192.168.7.30"))
        #expect(await gateway.submit(.add([try draft()]), by: me).refusals.isEmpty)
        #expect(try await places(gateway) == ["192.168.7.10", "192.168.7.30", "192.168.7.20"])
        world.say("web.lan", "192.168.7.21")
        world.pass(11)
        await gateway.tick()
        await gateway.observe(try seen("192.168.7.31"))
        let moved = ["192.168.7.10", "192.168.7.31", "192.168.7.21"]
        #expect(try await places(gateway) == moved)
        #expect(world.carried.first?.places.map(\.description) == moved)
        let entry = try await gateway.activity(of: nas, limit: 1).first
        #expect(entry?.kind == .followed)

        for name in ["nas.lan", "web.lan"] { world.say(name, nil) }
        let again = try await world.gateway()
        #expect(try await places(again) == moved)
    }

    @Test func `names of spares are asked for as long as they are used`() async throws {
        let world = World()
        world.say("nas.lan", "192.168.7.10")
        world.say("web.lan", "192.168.7.20")
        let gateway = try await world.gateway()
        _ = await gateway.submit(.add([try draft()]), by: me)
        var edit = ForwardEdit()
        edit.relay = RelayTerms.none
        #expect(await gateway.submit(.edit(nas, edit), by: me).refusals.isEmpty)
        let asked = world.timesAsked("web.lan")
        world.pass(11)
        await gateway.tick()
        #expect(world.timesAsked("web.lan") == asked)
        #expect(world.timesAsked("nas.lan") > 1)
    }

    @Test func `the engine that carries a forward is told, and what no engine can is refused`()
        async throws
    {
        let world = World()
        let gateway = try await world.gateway()
        let local = Sample.draft("nas", to: "unix:/run/app.sock")
        #expect(await gateway.submit(.add([local]), by: me).refusals.isEmpty)
        #expect(try await gateway.forward(nas)?.choice == .relay(.unixTarget))
        #expect(try await gateway.forward(nas)?.state == .inForce([]))
        try await gateway.adopt(GatewaySettings(engines: .kernel))
        #expect(try await gateway.forward(nas)?.choice == .neither(.unixTarget))
        let other = Sample.draft("other", .tcp, Sample.ports(80), to: "127.0.0.1")
        let answer = await gateway.submit(.add([other]), by: me)
        #expect(answer.refusals.map(\.problem) == [.relay(.unavailable(.loopbackTarget))])
        let off = await gateway.submit(.edit(nas, ForwardEdit(enabled: false)), by: me)
        #expect(off.refusals.isEmpty)
    }
}

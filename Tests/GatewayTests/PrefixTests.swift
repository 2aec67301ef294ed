import Addressing
import Forwarding
import Gateway
import Storage
import TestKit
import Testing

/// P14 of the pains: a dynamic IPv6 prefix breaks inbound rules.
@Suite struct `A prefix that changes` {
    private let me = Requester(name: "me", origin: .operator)

    /// The sample network with another prefix on `br0`.
    private func network(_ prefixes: (String, Bool)...) -> NetworkView {
        var network = Sample.network
        network.links.removeAll { $0.interface.text == "br0" && $0.address.family == .v6 }
        network.links += prefixes.map {
            Link(
                interface: Sample.interface("br0"), address: Sample.address($0.0),
                prefixLength: 64, isDeprecated: $0.1)
        }
        return network
    }

    private func places(_ gateway: Gateway) async throws -> [String]? {
        guard case .inForce(let places)? = try await gateway.forward(Sample.name("nas"))?.state
        else { return nil }
        return places.map(\.description)
    }

    @Test func `takes the pinhole of a device along, on record and over a restart`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        _ = await gateway.submit(
            .add([Sample.draft("nas", to: "::10/64@br0")]), by: me)
        #expect(try await places(gateway) == ["2001:db8:7::10"])
        let both = network(("2001:db8:7::1", true), ("2001:db8:8::1", false))
        await gateway.observe(NetworkObservation(view: both))
        #expect(try await places(gateway) == ["2001:db8:8::10"])
        let entry = try #require(
            try await gateway.activity(of: Sample.name("nas"), limit: 1).first)
        #expect(entry.kind == .followed)
        #expect(entry.detail == "from 2001:db8:7::10 to 2001:db8:8::10")
        await gateway.observe(NetworkObservation(view: network()))
        #expect(try await places(gateway) == nil)
        let again = try await world.gateway(NetworkObservation(view: both))
        #expect(try await places(again) == ["2001:db8:8::10"])
    }

    @Test func `takes a device along that is known by its hardware address`() async throws {
        let world = World()
        let gateway = try await world.gateway()
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        _ = await gateway.submit(.add([Sample.draft("nas", to: mac.description)]), by: me)
        let v6 = Sample.address("2001:db8:7::10").v6
        let v4 = IPv4Address(192, 168, 7, 10)
        await gateway.observe(
            NetworkObservation(
                view: Sample.network, devices: [mac: ResolvedTarget(v4: v4, v6: v6)]))
        #expect(try await places(gateway) == ["192.168.7.10", "2001:db8:7::10"])
        // The neighbour table has forgotten the IPv6 address meanwhile.
        await gateway.observe(
            NetworkObservation(
                view: network(("2001:db8:8::1", false)), devices: [mac: ResolvedTarget(v4: v4)]))
        #expect(try await places(gateway) == ["192.168.7.10", "2001:db8:8::10"])
        await gateway.observe(NetworkObservation(view: network(("2001:db8:8::1", false))))
        #expect(try await places(gateway) == ["192.168.7.10", "2001:db8:8::10"])
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Whole addresses and exceptions` {
    private func answers(
        _ lab: Lab, at address: String, _ port: UInt16, within limit: Int32 = 500
    ) async throws -> Bool {
        try await Wire.connected(
            on: lab.internet, to: Sample.endpoint(address, port), within: limit) != nil
    }

    private static let second = Sample.address("203.0.113.6")

    /// The lab's network with one external address more.
    private func withSecondAddress(_ lab: Lab) throws -> EngineSettings {
        try lab.gateway.shell("ip addr add 203.0.113.6/24 dev wan0")
        var settings = Sample.settings()
        settings.network.links.append(
            Link(interface: Sample.interface("wan0"), address: Self.second, prefixLength: 24))
        return settings
    }

    @Test func `an exposed host gets every port that no other forward and no exception names`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("all", .everything, .all, to: "192.168.7.10"),
                Sample.draft("web", .tcp, Sample.ports(80), to: "192.168.7.20"),
                Sample.draft("mine", .tcp, Sample.ports(22), to: "gateway"), on: lab)
            let hosts = [(lab.lan1, UInt16(4000)), (lab.lan2, 80), (lab.gateway, 22)]
            var servers: [Wire] = []
            for (host, port) in hosts {
                servers.append(try await Wire.listening(.tcp, on: host, port))
            }
            for ((_, port), server) in zip(hosts, servers) {
                #expect(try await answers(lab, at: "203.0.113.5", port), "port \(port)")
                #expect(try server.accept(within: 500) != nil, "port \(port)")
            }
            // What has no ports goes there, too.
            try lab.internet.shell("ping -c1 -W2 203.0.113.5")
            let pings = try lab.gateway.shell("conntrack -L -p icmp 2>/dev/null")
            #expect(pings.contains("src=192.168.7.10"))
            #expect(try engine.traffic(of: 1).flows >= 2)
            #expect(try engine.traffic(of: 2).flows == 1)
        }
    }

    @Test func `one-to-one: all of an address comes in, and what the target sends leaves as it`()
        async throws
    {
        try await Lab.with { lab in
            let settings = try withSecondAddress(lab)
            try lab.gateway.shell(
                """
                nft 'add table ip nat
                add chain ip nat post { type nat hook postrouting priority 100; }
                add rule ip nat post oifname wan0 masquerade'
                """)
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "whole", .everything, .all, to: "192.168.7.10", scope: .address(Self.second)),
                on: lab, settings)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 4000)
            #expect(try await answers(lab, at: "203.0.113.6", 4000))
            #expect(try await !answers(lab, at: "203.0.113.5", 4000))

            let listener = try await Wire.listening(.tcp, on: lab.internet, 5000)
            let target = Sample.endpoint("203.0.113.9", 5000)
            let own = try #require(try await Wire.connected(on: lab.lan1, to: target))
            #expect(try listener.accept()?.client.address == .v4(mapped(Self.second)))
            let neighbour = try #require(try await Wire.connected(on: lab.lan2, to: target))
            let seen = try #require(try listener.accept()).client.address
            #expect(seen != Self.second)
            try engine.put(1, nil)
            #expect(try !lab.gateway.shell("nft list chains inet").contains("own_address"))
            withExtendedLifetime((server, own, neighbour)) {}
        }
    }

    @Test func `what leaves by another WAN than that of the address leaves as it would without`()
        async throws
    {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "whole", .everything, .all, to: "192.168.7.10",
                    scope: .address(Sample.address("192.0.2.5"))), on: lab)
            let listener = try await Wire.listening(.tcp, on: lab.internet, 5000)
            let flow = try await Wire.connected(
                on: lab.lan1, to: Sample.endpoint("203.0.113.9", 5000))
            let seen = try #require(try listener.accept()).client.address
            #expect("\(seen)".hasSuffix("192.168.7.10"))
            withExtendedLifetime((engine, flow)) {}
        }
    }

    private func mapped(_ address: IPAddress) throws -> IPv4Address { try #require(address.v4) }

    @Test func `a whole device of IPv6 is open on every port, its neighbour is not`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("all6", .everything, .all, to: "2001:db8:7::10"), on: lab)
            let servers = [
                try await Wire.listening(.tcp, on: lab.lan1, 4000),
                try await Wire.listening(.tcp, on: lab.lan2, 4000),
            ]
            #expect(try await answers(lab, at: "2001:db8:7::10", 4000))
            #expect(try await !answers(lab, at: "2001:db8:7::20", 4000))
            withExtendedLifetime((engine, servers)) {}
        }
    }

    @Test func `an exception over a range takes its flows, and ends them as stale`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("range", .tcp, Sample.ports(4000, 4009)), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 4003)
            let other = try await Wire.listening(.tcp, on: lab.lan1, 4004)
            let outside = { (port: UInt16) in Sample.endpoint("203.0.113.5", port) }
            let flow = try #require(try await Wire.connected(on: lab.internet, to: outside(4003)))
            let kept = try #require(try await Wire.connected(on: lab.internet, to: outside(4004)))
            let report = try engine.put(
                2, Sample.draft("mine", .tcp, Sample.ports(4003), to: "gateway"))
            #expect(report.flowsEnded == 1)
            let own = try await Wire.listening(.tcp, on: lab.gateway, 4003)
            #expect(try await answers(lab, at: "203.0.113.5", 4003))
            #expect(try own.accept(within: 500) != nil)
            let accepted = try #require(try other.accept())
            try kept.send([1])
            #expect(try accepted.wire.receive() == [1])
            withExtendedLifetime((server, flow)) {}
        }
    }
}

import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A forward asked from inside` {
    static let both: [TransportProtocol] = [.tcp, .udp]

    struct Case: CustomTestStringConvertible {
        var name: String
        var host: @Sendable (Lab) -> Host
        var seen: String
        var seen6: String
        var testDescription: String { name }
    }

    /// Where both ends share a subnet the answer would go past the gateway, so they see the
    /// external address (RFC 4787 REQ-9a); anybody else is seen as who they are.
    static let clients = [
        Case(
            name: "a LAN host", host: { $0.lan2 }, seen: "203.0.113.5", seen6: "2001:db8:ff::5"),
        Case(
            name: "the target itself", host: { $0.lan1 }, seen: "203.0.113.5",
            seen6: "2001:db8:ff::5"),
        Case(
            name: "the guest network", host: { $0.guest }, seen: "192.168.9.30",
            seen6: "2001:db8:9::30"),
        Case(
            name: "the gateway", host: { $0.gateway }, seen: "203.0.113.5",
            seen6: "2001:db8:ff::5"),
    ]

    @Test(arguments: both, clients)
    func `the external address works from inside`(
        transport: TransportProtocol, client: Case
    ) async throws {
        try await Lab.with { lab in
            let range = Sample.ports(20000, 20003)
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, targetPorts: Sample.ports(443)),
                Sample.draft(
                    "web6", .tcpAndUDP, to: "2001:db8:7::10", targetPorts: Sample.ports(443),
                    nat6: true),
                Sample.draft(
                    "range", .tcpAndUDP, range, targetPorts: Sample.ports(440, 443)), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 443)
            try lab.letBack()
            let host = client.host(lab)
            let visit = try await server.visit(
                transport, from: host, to: Sample.endpoint("203.0.113.5", 8443))
            #expect(visit == .answered(seenAs: client.seen))
            let inRange = try await server.visit(
                transport, from: host, to: Sample.endpoint("203.0.113.5", 20003))
            #expect(inRange == .answered(seenAs: client.seen))
            let visit6 = try await server.visit(
                transport, from: host, to: Sample.endpoint("2001:db8:ff::5", 8443))
            #expect(visit6 == .answered(seenAs: client.seen6))
            for number in 1...3 as ClosedRange<UInt16> {
                let traffic = try engine.traffic(of: number)
                #expect(traffic.flows == 1 && traffic.inbound.packets > 0)
                #expect(traffic.outbound.packets > 0)
            }
            let flows = try engine.engine.flows(of: Sample.id(2))
            #expect(flows.map(\.seenSource.address) == [Sample.address(client.seen6)])
        }
    }

    @Test(arguments: both)
    func `the gateway's inner address as a source is hidden from the LAN`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("web", .tcpAndUDP), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let visit = try await server.visit(
                transport, from: lab.gateway, source: Sample.endpoint("192.168.7.1", 0),
                to: Sample.endpoint("203.0.113.5", 8443))
            #expect(visit == .answered(seenAs: "203.0.113.5"))
            #expect(try engine.engine.flows(of: nil).count == 1)
        }
    }

    @Test(arguments: both)
    func `an allow-list is about the outside only`(transport: TransportProtocol) async throws {
        try await Lab.with { lab in
            let sources = SourcePolicy(allowed: [Sample.prefix("198.51.100.0/24")])
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, sources: sources), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            try lab.letBack()
            for client in Self.clients {
                let visit = try await server.visit(
                    transport, from: client.host(lab),
                    to: Sample.endpoint("203.0.113.5", 8443))
                #expect(visit == .answered(seenAs: client.seen), "\(client.name)")
            }
            #expect(try engine.traffic(of: 1).denied == 0)
        }
    }

    @Test(arguments: both)
    func `with hairpin off only the outside gets in`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, hairpin: false), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let external = Sample.endpoint("203.0.113.5", 8443)
            for client in Self.clients where client.name != "the gateway" {
                let knock = try await client.host(lab).knock(transport, at: external)
                #expect(knock == .silence, "\(client.name)")
            }
            let denied = try engine.traffic(of: 1).denied
            #expect(denied >= 3)
            // The gateway's own programs are told at once that sending is not permitted (UDP), or
            // wait for nothing (TCP).
            let own = try? await server.visit(transport, from: lab.gateway, to: external)
            #expect(own == nil)
            #expect(try engine.traffic(of: 1).denied > denied)
            let visit = try await server.visit(transport, from: lab.internet, to: external)
            #expect(visit == .answered(seenAs: "203.0.113.9"))
        }
    }

    @Test(arguments: both)
    func `an exact forward at one address works from inside as well`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "web", .tcpAndUDP, scope: .address(Sample.address("192.0.2.5"))), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            let visit = try await server.visit(
                transport, from: lab.lan2, to: Sample.endpoint("192.0.2.5", 8443))
            #expect(visit == .answered(seenAs: "192.0.2.5"))
            #expect(try engine.traffic(of: 1).flows == 1)
        }
    }
}

extension Lab {
    /// Lets the bridge send a packet back out of the port that it came in by: where the kernel's
    /// bridge looks at IP (br_netfilter), it bridges what a target sends to itself.
    fileprivate func letBack() throws {
        try gateway.shell("ip link set lan1p type bridge_slave hairpin on")
    }
}

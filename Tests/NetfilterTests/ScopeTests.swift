import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Where a forward is asked` {
    static let both: [TransportProtocol] = [.tcp, .udp]
    static let wan0 = "203.0.113.5"
    static let wan1 = "192.0.2.5"

    @Test(arguments: both)
    func `a forward for every WAN is reached at each WAN address`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("web", .tcpAndUDP), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 8443)
            // Answers find back by the address that was translated, over either WAN.
            try lab.gateway.shell("ip route add 198.51.100.7 via 192.0.2.9")
            let first = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint(Self.wan0, 8443))
            #expect(first == .answered(seenAs: "203.0.113.9"))
            let second = try await server.visit(
                transport, from: lab.internet, source: Sample.endpoint("198.51.100.7", 0),
                to: Sample.endpoint(Self.wan1, 8443))
            #expect(second == .answered(seenAs: "198.51.100.7"))
            #expect(try engine.traffic(of: 1).flows == 2)
        }
    }

    static let scopes: [ExternalSide.Scope] = [
        .interface(Sample.interface("wan1")), .address(Sample.address(wan1)),
    ]

    @Test(arguments: both, scopes)
    func `a forward on one interface, or at one address, is reached there only`(
        transport: TransportProtocol, scope: ExternalSide.Scope
    ) async throws {
        try await Lab.with { lab in
            let range = Sample.ports(20000, 20002)
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, scope: scope),
                Sample.draft("range", .tcpAndUDP, range, scope: scope), on: lab)
            for port in [8443, 20001] as [UInt16] {
                let server = try await Wire.listening(transport, on: lab.lan1, port)
                let there = try await server.visit(
                    transport, from: lab.internet, to: Sample.endpoint(Self.wan1, port))
                #expect(there == .answered(seenAs: "192.0.2.9"))
                let elsewhere = Sample.endpoint(Self.wan0, port)
                #expect(try await lab.internet.knock(transport, at: elsewhere) == .silence)
            }
            #expect(try engine.engine.installed().count == 2)
        }
    }

    @Test(arguments: both)
    func `two forwards share a port at two addresses`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("one", .tcpAndUDP, scope: .address(Sample.address(Self.wan0))),
                Sample.draft(
                    "two", .tcpAndUDP, to: "192.168.7.20",
                    scope: .interface(Sample.interface("wan1"))), on: lab)
            let first = try await Wire.listening(transport, on: lab.lan1, 8443)
            let second = try await Wire.listening(transport, on: lab.lan2, 8443)
            let one = try await first.visit(
                transport, from: lab.internet, to: Sample.endpoint(Self.wan0, 8443))
            let two = try await second.visit(
                transport, from: lab.internet, to: Sample.endpoint(Self.wan1, 8443))
            #expect(one == .answered(seenAs: "203.0.113.9"))
            #expect(two == .answered(seenAs: "192.0.2.9"))
            #expect(try engine.traffic(of: 1).flows == 1)
            #expect(try engine.traffic(of: 2).flows == 1)
        }
    }

    @Test(arguments: both)
    func `a pinhole on one interface opens nowhere else`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "one", .tcpAndUDP, Sample.ports(1000), to: "2001:db8:7::10",
                    scope: .interface(Sample.interface("wan0"))),
                Sample.draft(
                    "two", .tcpAndUDP, Sample.ports(1001), to: "2001:db8:7::10",
                    scope: .interface(Sample.interface("wan1"))), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 1000)
            let visit = try await server.visit(
                transport, from: lab.internet, to: Sample.endpoint("2001:db8:7::10", 1000))
            #expect(visit?.isAnswered == true)
            let other = Sample.endpoint("2001:db8:7::10", 1001)
            #expect(try await lab.internet.knock(transport, at: other) == .silence)
            #expect(try engine.traffic(of: 2).denied > 0)
        }
    }

    @Test(arguments: both)
    func `a service of the gateway on its LAN address is not captured`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP),
                Sample.draft("web6", .tcpAndUDP, to: "2001:db8:7::10", nat6: true), on: lab)
            let own = try await Wire.listening(transport, on: lab.gateway, 8443)
            for address in ["192.168.7.1", "2001:db8:7::1"] {
                let visit = try await own.visit(
                    transport, from: lab.lan2, to: Sample.endpoint(address, 8443))
                #expect(visit?.isAnswered == true, "\(address)")
            }
            #expect(try engine.engine.traffic().forwards.isEmpty)
        }
    }
}

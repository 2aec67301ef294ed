import Addressing
import Foundation
import TestKit
import Testing

/// What a device gets by PCP, proved by the packets that reach it.
@Suite struct `What a device has by PCP` {
    private static let external = "203.0.113.5"
    private static let near = "203.0.113.9"
    private static let far = "198.51.100.7"
    private static let served = ["--wan", "wan0", "--mapping", "pcp"]

    /// Who answers a datagram; nil for nobody.
    private func answers(
        _ place: Endpoint, _ host: TestKit.Host, from source: Endpoint, within limit: Int32 = 300
    ) async throws -> String? {
        let wire = try await Wire.udp(on: host, from: source, to: place)
        return try await host.run {
            for _ in 0..<3 {
                try wire.send([1])
                if let bytes = try wire.receive(within: limit) {
                    return String(decoding: bytes, as: UTF8.self)
                }
            }
            return nil
        }
    }

    private func reaches(
        _ port: Int, _ lab: Lab, from address: String = near, _ source: UInt16 = 0
    ) async throws -> Bool {
        let place = Sample.endpoint(Self.external, UInt16(clamping: port))
        let from = Sample.endpoint(address, source)
        return try await answers(place, lab.internet, from: from) != nil
    }

    private func leases(_ gateway: GatewayProcess) throws -> [Leases.Entry] {
        try gateway.json(["list"], as: Leases.self).forwards
    }

    // MARK: PEER

    @Test func `a mapping to a peer lets in that peer's port, and nobody else`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("phone", on: lab.lan1, .udp, 40_000)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let made = try PCPCaller.ask(
                lab.lan1, "peer", "40000", "--outside", "45000", "--peer", Self.near,
                "--peer-port", "7000")
            #expect(made.isGranted && made.port == 45_000 && made.address == Self.external)
            #expect(try await !reaches(45_000, lab, 7001))
            #expect(try await !reaches(45_000, lab, from: Self.far, 7000))
            #expect(try await reaches(45_000, lab, 7000))
            let other = try PCPCaller.ask(
                lab.lan1, "peer", "40000", "--peer", Self.far, "--peer-port", "7000")
            // One external port for one internal one, whoever the peer is (RFC 6887 section 12).
            #expect(other.isGranted && other.port == 45_000)
            #expect(try await reaches(45_000, lab, from: Self.far, 7000))
            #expect(try leases(gateway).count == 1)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `what leaves towards the peer leaves from the port of its mapping`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let made = try PCPCaller.ask(
                lab.lan1, "peer", "40000", "--outside", "45000", "--peer", Self.near,
                "--peer-port", "7000")
            #expect(made.port == 45_000)
            let peer = try await Wire.listening(.udp, on: lab.internet, 7000)
            let device = try await Wire.udp(
                on: lab.lan1, from: Sample.endpoint("192.168.7.10", 40_000),
                to: Sample.endpoint(Self.near, 7000))
            try device.send([1])
            let seen = try peer.receiveWithSource()?.source
            #expect(seen == Sample.endpoint(Self.external, 45_000))
            if let seen { try peer.send([2], to: seen) }
            #expect(try device.receive() == [2])
            withExtendedLifetime(gateway) {}
        }
    }

    @Test func `a flow that is there already has its port told`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                nft -f - <<'RULES'
                table ip provider {
                  chain out {
                    type nat hook postrouting priority 100
                    oifname "wan0" ip protocol udp masquerade to :30000-30009
                  }
                }
                RULES
                """)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let peer = try await Wire.listening(.udp, on: lab.internet, 7000)
            let device = try await Wire.udp(
                on: lab.lan1, from: Sample.endpoint("192.168.7.10", 40_000),
                to: Sample.endpoint(Self.near, 7000))
            try device.send([1])
            let seen = try #require(try peer.receiveWithSource()?.source)
            #expect((30_000...30_009).contains(seen.port))
            let told = try PCPCaller.ask(
                lab.lan1, "peer", "40000", "--outside", "45000", "--peer", Self.near,
                "--peer-port", "7000")
            #expect(told.isGranted && told.port == Int(seen.port))
            try peer.send([2], to: seen)
            #expect(try device.receive() == [2])
            withExtendedLifetime(gateway) {}
        }
    }

    // MARK: PORT_SET

    @Test func `a set of ports is open as a whole, and no further`() async throws {
        try await Lab.with { lab in
            let inside: [UInt16] = [20_000, 20_031, 20_063, 20_064]
            var echoes: [Echo] = []
            for port in inside {
                echoes.append(try await Echo("\(port)", on: lab.lan1, .udp, port))
            }
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let made = try PCPCaller.ask(
                lab.lan1, "map", "20000", "--outside", "41000", "--count", "64")
            #expect(made.isGranted && made.port == 41_000)
            #expect(made.portSet == [64, 20_000, 0])
            #expect(try leases(gateway).map(\.external) == ["41000-41063/udp"])
            for (outside, name) in [(41_000, "20000"), (41_031, "20031"), (41_063, "20063")] {
                let place = Sample.endpoint(Self.external, UInt16(outside))
                let said = try await answers(
                    place, lab.internet, from: Sample.endpoint(Self.near, 0), within: 1000)
                #expect(said == name)
            }
            #expect(try await !reaches(41_064, lab))
            let gone = try PCPCaller.ask(
                lab.lan1, "map", "20000", "--count", "64", "--seconds", "0")
            #expect(gone.isGranted && gone.lifetime == 0)
            #expect(try await !reaches(41_031, lab))
            #expect(try leases(gateway).isEmpty)
            withExtendedLifetime(echoes) {}
        }
    }

    @Test func `a set keeps its parity, where the wish is taken`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("rtp", on: lab.lan1, .udp, 20_003)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            #expect(try PCPCaller.ask(lab.lan2, "map", "20002", "--outside", "20002").isGranted)
            let made = try PCPCaller.ask(
                lab.lan1, "map", "20002", "--outside", "20002", "--count", "2", "--parity", "1")
            #expect(made.isGranted && made.port != 20_002 && made.port.isMultiple(of: 2))
            #expect(made.portSet == [2, 20_002, 1])
            #expect(try await reaches(made.port + 1, lab))
            withExtendedLifetime((echo, gateway)) {}
        }
    }

    @Test func `fewer ports of a set are given where there are no more`() async throws {
        try await Lab.with { lab in
            let (first, last) = (
                try await Echo("first", on: lab.lan1, .udp, 20_000),
                try await Echo("beyond", on: lab.lan1, .udp, 20_010)
            )
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: """
                    [mapping]
                    protocols = ["pcp"]
                    default = "deny"
                    [[mapping.rule]]
                    ports = "20000-20009"
                    action = "allow"
                    """)
            let made = try PCPCaller.ask(
                lab.lan1, "map", "20000", "--outside", "20000", "--count", "64")
            let set = try #require(made.portSet)
            #expect(made.isGranted && made.port == 20_000 && set[1] == 20_000)
            #expect((1...10).contains(set[0]))
            let end = 20_000 + set[0] - 1
            #expect(try leases(gateway).map(\.external) == ["20000-\(end)/udp"])
            #expect(try await reaches(20_000, lab))
            #expect(try await !reaches(20_010, lab))
            withExtendedLifetime((first, last)) {}
        }
    }

    // MARK: FILTER and THIRD_PARTY

    @Test func `a filter is kept by the kernel, and can be taken away`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("game", on: lab.lan1, .udp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            func map(_ filter: String...) throws -> PCPCaller {
                let options = filter.flatMap { ["--filter", $0] }
                return try PCPCaller.ask(lab.lan1, ["map", "9001", "--outside", "50000"] + options)
            }
            #expect(try map("198.51.100.0/24").isGranted)
            #expect(try await !reaches(50_000, lab))
            #expect(try await reaches(50_000, lab, from: Self.far))
            // One that comes later stands beside it (RFC 6887 section 13.3).
            #expect(try map("203.0.113.9/32").isGranted)
            #expect(try await reaches(50_000, lab))
            #expect(try map("0.0.0.0/0", "203.0.113.9/32").isGranted)
            #expect(try await !reaches(50_000, lab, from: Self.far))
            #expect(try await reaches(50_000, lab))
            #expect(try map("0.0.0.0/0").isGranted)
            #expect(try await reaches(50_000, lab, from: Self.far))
            #expect(try leases(gateway).count == 1)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `nothing is opened for another device, nor in another's name`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("other", on: lab.lan2, .udp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let third = try PCPCaller.ask(
                lab.lan1, "map", "9001", "--outside", "50000", "--third", "192.168.7.20")
            #expect(third.result == 5, "UNSUPP_OPTION, while there are no managers")
            let lie = try PCPCaller.ask(
                lab.lan1, "map", "9001", "--outside", "50000", "--own", "192.168.7.20")
            #expect(lie.result == 12, "ADDRESS_MISMATCH")
            #expect(try await !reaches(50_000, lab))
            #expect(try leases(gateway).isEmpty)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `another asks for it only where the operator has named it`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("other", on: lab.lan2, .udp, 9001)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: "[mapping]\nprotocols = [\"pcp\"]\nmanagers = [\"192.168.7.10\"]\n")
            let refused = try PCPCaller.ask(
                lab.lan2, "map", "9001", "--outside", "50000", "--third", "192.168.7.10")
            #expect(refused.result == 2, "NOT_AUTHORIZED")
            let made = try PCPCaller.ask(
                lab.lan1, "map", "9001", "--outside", "50000", "--third", "192.168.7.20")
            #expect(made.isGranted && made.port == 50_000)
            #expect(try await reaches(50_000, lab))
            #expect(try leases(gateway).map(\.lease?.device) == ["192.168.7.20"])
            withExtendedLifetime(echo) {}
        }
    }
}

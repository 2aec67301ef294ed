import Addressing
import Foundation
import TestKit
import Testing

/// Pains of the field that Portcullis does not have: the situation that others fail in, made for real.
@Suite struct `Pains: what is carried` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    @Test func `P6: the target itself and the gateway use the external address`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            for host in [lab.lan1, lab.gateway, lab.lan2, lab.guest] {
                #expect(try await asks(outside, from: host) != nil, "\(host.namespace)")
            }
            withExtendedLifetime((gateway, server)) {}
        }
    }

    /// A flow with a fixed port outlives the rule that made it, where nobody ends it.
    @Test func `P7: a UDP flow that goes on follows the forward to its new target`() async throws {
        try await Lab.with { lab in
            let servers = [
                try await Wire.listening(.udp, on: lab.lan1, 9000),
                try await Wire.listening(.udp, on: lab.lan2, 9000),
            ]
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "9000/udp", "192.168.7.10", "--name", "game")
            let client = try await Wire.udp(
                on: lab.internet, from: Sample.endpoint("203.0.113.9", 40_000),
                to: Sample.endpoint("203.0.113.5", 9000))
            try client.send([1])
            #expect(try servers[0].receive() == [1])
            let said = try gateway.done("set", "game", "--to", "192.168.7.20")
            #expect(said.contains("1 flow(s) of the old terms ended"))
            try client.send([2])
            #expect(try servers[1].receive() == [2])
        }
    }

    @Test(arguments: [("kept", "203.0.113.9"), ("rewritten", "192.168.7.1")])
    func `P8: the target sees the client's own address unless it is told otherwise`(
        source: String, seen: String
    ) async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--source", source)
            let client = try await Wire.connected(on: lab.internet, to: outside)
            let address = try #require(try server.accept()).client.address
            #expect("\(address)".hasSuffix(seen))
            #expect(try gateway.done("flows", "nas", "-o", "json").contains(seen))
            withExtendedLifetime(client) {}
        }
    }

    @Test func `P15: over IPv6 a forward works as it does over IPv4, from inside too`() async throws
    {
        try await Lab.with { lab in
            try lab.routesOverBridges()
            let echo = try await Echo("six", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "443/tcp", "[2001:db8:7::10]", "--name", "pinhole")
            try gateway.done("add", "8443/tcp", "[2001:db8:7::10]:443", "--nat6", "--name", "nat6")
            let (device, translated) = (
                Sample.endpoint("2001:db8:7::10", 443), Sample.endpoint("2001:db8:ff::5", 8443)
            )
            #expect(try await asks(device, from: lab.internet) == "six")
            for host in [lab.internet, lab.guest, lab.lan2, lab.lan1, lab.gateway] {
                #expect(try await asks(translated, from: host) == "six", "\(host.namespace)")
            }
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `P16: a shifted range gives each port its own, and unequal widths are refused`()
        async throws
    {
        try await Lab.with { lab in
            var echoes: [Echo] = []
            for port in 6000...6002 as ClosedRange<UInt16> {
                echoes.append(try await Echo("\(port)", on: lab.lan1, .tcp, port))
            }
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "5000-5002/tcp", "192.168.7.10:6000-6002", "--name", "range")
            for port in 5000...5002 as ClosedRange<UInt16> {
                let place = Sample.endpoint("203.0.113.5", port)
                #expect(try await asks(place, from: lab.internet) == "\(port + 1000)")
            }
            let refused = try gateway.cli("add", "7000-7009/tcp", "192.168.7.10:8000")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("1 port(s) for 10"))
            withExtendedLifetime(echoes) {}
        }
    }

    @Test func `P24: forwards are there after a restart, before their interfaces are`() async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            gateway.terminate()
            // As after a reboot: no table, no WAN yet.
            try lab.gateway.shell("nft flush ruleset; ip link set wan0 down")
            try await gateway.start()
            #expect(try gateway.json(["list"], as: Listed.self).forwards.count == 1)
            try lab.gateway.shell(
                "ip link set wan0 up; ip route replace default via 203.0.113.9")
            #expect(
                try await eventually(within: 10) {
                    try await asks(outside, from: lab.internet) != nil
                })
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P25: reading the configuration again cuts no flow and resets no counter`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(
                on: lab.gateway,
                config: """
                    [[forward]]
                    name = "nas"
                    external = "8443/tcp"
                    to = "192.168.7.10:443"

                    """)
            let client = try #require(try await Wire.connected(on: lab.internet, to: outside))
            let accepted = try #require(try server.accept())
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            func carried() throws -> Shown.Carried {
                try gateway.json(["show", "nas"], as: Shown.self).traffic
            }
            let before = try carried()
            gateway.signal(SIGHUP)
            #expect(await eventually { gateway.log.contains("configuration read again") })
            try client.send([2])
            #expect(try accepted.wire.receive() == [2])
            #expect(try carried().flows == 1)
            #expect(try carried().bytes_in > before.bytes_in)
        }
    }
}

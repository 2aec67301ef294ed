import Addressing
import Foundation
import TestKit
import Testing

/// Programs that none of us wrote, asking the running daemon by NAT-PMP.
@Suite struct `natpmpc` {
    private static let served = ["--wan", "wan0", "--mapping", "pcp,nat-pmp"]

    private func map(
        _ host: TestKit.Host, _ external: Int, _ inside: Int, _ transport: String = "tcp",
        seconds: Int = 600
    ) throws -> Command.Result {
        try host.command([
            "natpmpc", "-g", "192.168.7.1", "-a", "\(external)", "\(inside)", transport,
            "\(seconds)",
        ])
    }

    @Test func `opens a port, and closes it again`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let outside = Sample.endpoint("203.0.113.5", 50_000)
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            let made = try map(lab.lan1, 50_000, 9001)
            #expect(made.output.contains("Public IP address : 203.0.113.5"))
            #expect(
                made.output.contains("Mapped public port 50000 protocol TCP to local port 9001"))
            #expect(try await asks(outside, from: lab.internet) == "game")
            // Hairpin, as every forward has it.
            #expect(try await asks(outside, from: lab.lan2) == "game")
            let listed = try gateway.json(["list"], as: Leases.self).forwards
            #expect(listed.map(\.name) == ["nat-pmp-50000-tcp"])
            #expect(listed.first?.origin == "device")
            #expect(listed.first?.lease?.device == "192.168.7.10")
            #expect(listed.first?.lease?.mac != nil)
            let gone = try map(lab.lan1, 0, 9001, seconds: 0)
            #expect(gone.output.contains("Mapped public port 0"))
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `has its port again after a restart, for the time that was left`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            _ = try map(lab.lan1, 50_000, 9001)
            let before = try gateway.json(["list"], as: Leases.self).forwards
            gateway.kill()
            let outside = Sample.endpoint("203.0.113.5", 50_000)
            #expect(try await asks(outside, from: lab.internet) == "game")
            try await gateway.start()
            #expect(try gateway.json(["list"], as: Leases.self).forwards == before)
            let again = try map(lab.lan1, 50_001, 9001)
            #expect(again.output.contains("Mapped public port 50000"))
            withExtendedLifetime(server) {}
        }
    }

    /// What the device sends from the port leaves from the external one, for as long as it has it: by
    /// what it gave back, or what was over, nobody gets in any more.
    @Test(arguments: [false, true])
    func `has its port for what it sends, too, until the mapping ends`(
        byItself: Bool
    ) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: Self.served,
                config: "[mapping]\nmin_lifetime = \"5s\"\n")
            let made = try map(lab.lan1, 50_000, 3074, "udp", seconds: byItself ? 5 : 600)
            #expect(made.output.contains("Mapped public port 50000"))
            let far = Sample.endpoint("203.0.113.9", 5000)
            let server = try await Wire.listening(.udp, on: lab.internet, far.port)
            let device = Sample.endpoint("192.168.7.10", 3074)
            let wire = try await Wire.udp(on: lab.lan1, from: device, to: far)
            try wire.send([1])
            let seen = try server.receiveWithSource()?.source
            let external = Sample.endpoint("203.0.113.5", 50_000)
            #expect(seen == external)
            let peer = try await Wire.udp(on: lab.internet, from: far, to: external)
            try peer.send([2])
            #expect(try wire.receive() == [2])
            if !byItself { _ = try map(lab.lan1, 0, 3074, "udp", seconds: 0) }
            let isOver = try await eventually(within: 300) {
                while try wire.receive(within: 0) != nil {}
                try peer.send([3])
                return try wire.receive(within: 300) == nil
            }
            #expect(isOver)
            try wire.send([4])
            #expect(try server.receiveWithSource(within: 10_000)?.source == device)
            withExtendedLifetime(gateway) {}
        }
    }

    @Test func `gets no answer from outside, nor for what it may not have`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            for address in ["203.0.113.5", "192.168.7.1"] {
                let asked = try lab.internet.command([
                    "timeout", "-s", "KILL", "1", "natpmpc", "-g", address, "-a", "50000", "9001",
                    "tcp", "600",
                ])
                #expect(!asked.succeeded)
            }
            // A remote desktop, and the shell of the device.
            for port in [3389, 22] {
                let refused = try map(lab.lan1, 50_000, port)
                #expect(!refused.output.contains("Mapped"), "\(refused.output)")
            }
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
        }
    }

    @Test func `waits for the operator where the settings say so`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: "[mapping]\nprotocols = [\"nat-pmp\"]\ndefault = \"ask\"\n")
            let outside = Sample.endpoint("203.0.113.5", 50_000)
            let asked = try map(lab.lan1, 50_000, 9001)
            #expect(!asked.output.contains("Mapped"))
            let waiting = try gateway.done("requests")
            #expect(waiting.contains("192.168.7.10") && waiting.contains("9001/tcp"))
            #expect(try gateway.done("allow", "1").contains("50000/tcp"))
            #expect(try await asks(outside, from: lab.internet) == "game")
            #expect(try map(lab.lan1, 50_000, 9001).output.contains("Mapped public port 50000"))
            #expect(try gateway.cli("allow", "1").errors.contains("no request has the number 1"))
            #expect(try gateway.done("requests").contains("no device waits"))
            _ = try map(lab.lan2, 0, 9002)
            #expect(try gateway.done("deny", "2", "--always").contains("denied for good"))
            #expect(try gateway.done("requests", "--settled").contains("9002/tcp"))
            #expect(!(try map(lab.lan2, 0, 9002)).output.contains("Mapped"))
            #expect(try gateway.done("requests").contains("no device waits"))
            #expect(try gateway.done("requests", "--forget", "1").contains("nothing is settled"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `is served by the relay where the kernel is left alone`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: Self.served + ["--engine", "relay"])
            #expect(try map(lab.lan1, 50_000, 9001).output.contains("Mapped public port 50000"))
            let outside = Sample.endpoint("203.0.113.5", 50_000)
            #expect(try await asks(outside, from: lab.internet) == "game")
            #expect(try map(lab.lan1, 0, 9001, seconds: 0).output.contains("Mapped public port 0"))
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            withExtendedLifetime((server, gateway)) {}
        }
    }

    @Test func `finds nobody while it is not switched on`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let asked = try lab.lan1.command([
                "timeout", "-s", "KILL", "5", "natpmpc", "-g", "192.168.7.1", "-a", "50000", "9001",
                "tcp", "600",
            ])
            #expect(!asked.succeeded)
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
        }
    }
}

/// Our own client, asking our own server.
@Suite struct `portcullis request at a gateway of ours` {
    @Test func `has a port by PCP, and is told of another address`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 9444)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0", "--mapping", "all"])
            let asked = try lab.lan1.command([
                GatewayProcess.binary, "request", "9444/tcp", "--once", "--lifetime", "10m", "-o",
                "json",
            ])
            #expect(asked.succeeded, "\(asked.errors)")
            #expect(asked.output.contains("203.0.113.5") && asked.output.contains("pcp"))
            let outside = Sample.endpoint("203.0.113.5", 9444)
            #expect(try await asks(outside, from: lab.internet) == "nas")
            let listed = try gateway.json(["list"], as: Leases.self).forwards
            #expect(listed.map(\.name) == ["pcp-9444-tcp"])
            #expect(listed.first?.lease?.protocol == "pcp")
            // Its nonce is nobody's business.
            #expect(!(try gateway.done("show", "pcp-9444-tcp", "-o", "json")).contains("nonce"))
            #expect(!gateway.log.contains("nonce"))
            try lab.gateway.shell(
                """
                ip addr del 203.0.113.5/24 dev wan0; ip addr add 203.0.113.6/24 dev wan0
                ip route replace default via 203.0.113.9
                """)
            let moved = Sample.endpoint("203.0.113.6", 9444)
            let follows = try await eventually {
                try await asks(moved, from: lab.internet) == "nas"
            }
            #expect(follows)
            try gateway.done("remove", "pcp-9444-tcp")
            #expect(try await asks(moved, from: lab.internet, within: 300) == nil)
            withExtendedLifetime(server) {}
        }
    }
}

/// `list -o json`, as far as it is about devices.
struct Leases: Decodable {
    var forwards: [Entry]

    struct Entry: Decodable, Equatable {
        var name: String
        var external: String
        var to: String
        var origin: String
        var ends: String?
        var lease: Lease?
    }

    struct Lease: Decodable, Equatable {
        var `protocol`: String
        var device: String
        var mac: String?
    }
}

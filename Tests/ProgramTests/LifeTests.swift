import Addressing
import Foundation
import TestKit
import Testing

/// What becomes of forwards when the daemon dies, restarts or is told to read its file again.
@Suite struct `Life of the daemon` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    @Test
    func `kill -9 leaves forwards working, and the next start adopts them with their counters`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            #expect(try await asks(outside, from: lab.internet) == "nas")
            gateway.kill()
            #expect(try await asks(outside, from: lab.internet) == "nas")
            try await gateway.start()
            let status = try gateway.json(["status"], as: Status.self)
            #expect(status.adopted == 1)
            let forward = try gateway.json(["show", "nas"], as: Shown.self)
            #expect(forward.traffic.flows == 2)
            #expect(try await asks(outside, from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a connection outlives kill -9 and the next start`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(try await Wire.connected(on: lab.internet, to: outside))
            let accepted = try #require(try server.accept())
            gateway.kill()
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            try await gateway.start()
            try accepted.wire.send([2])
            #expect(try client.receive() == [2])
        }
    }

    @Test func `SIGTERM ends in order and leaves forwards in force`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443")
            #expect(gateway.terminate() == 0)
            #expect(!FileManager.default.fileExists(atPath: gateway.socket))
            #expect(try await asks(outside, from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `SIGTERM withdraws forwards where the settings say so`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(
                on: lab.gateway, config: "[daemon]\non_stop = \"withdraw\"\n")
            try gateway.done("add", "8443/tcp", "192.168.7.10:443")
            #expect(try await asks(outside, from: lab.internet) == "nas")
            #expect(gateway.terminate() == 0)
            #expect(try await asks(outside, from: lab.internet, within: 400) == nil)
            try await gateway.start()
            #expect(try await asks(outside, from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `SIGHUP reads the file again: new forwards come, those taken out go, others stay`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let line = { (name: String, port: Int) in
                "[[forward]]\nname = \"\(name)\"\nexternal = \"\(port)/tcp\"\nto = \"192.168.7.10:443\"\n"
            }
            let gateway = try await GatewayProcess(on: lab.gateway, config: line("first", 8443))
            try gateway.done("add", "9000/tcp", "192.168.7.10:443", "--name", "by-hand")
            try Data(line("second", 8444).utf8).write(to: gateway.configuration)
            gateway.signal(SIGHUP)
            let names = ["by-hand", "second"]
            #expect(
                try await eventually {
                    try gateway.json(["list"], as: Listed.self).forwards.map(\.name) == names
                })
            #expect(
                try await asks(Sample.endpoint("203.0.113.5", 8444), from: lab.internet) == "nas")
            try Data("[network]\nwam = [\"wan0\"]\n".utf8).write(to: gateway.configuration)
            gateway.signal(SIGHUP)
            #expect(await eventually { gateway.log.contains("did you mean \"wan\"?") })
            #expect(try gateway.json(["list"], as: Listed.self).forwards.map(\.name) == names)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a WAN address that changes needs no reload`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443")
            try gateway.done("add", "8444/tcp", "192.168.7.10:443", "--on", "wan0")
            try lab.gateway.shell(
                "ip addr del 203.0.113.5/24 dev wan0; ip addr add 203.0.113.77/24 dev wan0")
            for port in [8443, 8444] as [UInt16] {
                let moved = Sample.endpoint("203.0.113.77", port)
                #expect(
                    try await eventually {
                        try await asks(moved, from: lab.internet, within: 300) == "nas"
                    })
            }
            withExtendedLifetime(server) {}
        }
    }

    @Test
    func `a WAN interface that is deleted and made again needs no reload and cuts no other flow`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0", "--wan", "wan1"])
            try gateway.done("add", "8443/tcp", "192.168.7.10:443")
            try lab.lan1.shell("true")
            let other = try #require(
                try await Wire.connected(on: lab.internet, to: Sample.endpoint("192.0.2.5", 8443)))
            let kept = try #require(try server.accept())
            try lab.gateway.shell("ip link del wan0")
            let internet = lab.internet.namespace
            try lab.gateway.shell(
                """
                ip link add wan0 type veth peer name eth0 netns \(internet)
                ip addr add 203.0.113.5/24 dev wan0
                ip link set wan0 up
                """)
            try lab.internet.shell(
                "ip addr add 203.0.113.9/24 dev eth0; ip link set eth0 up")
            #expect(
                try await eventually {
                    guard
                        let client = try await Wire.connected(
                            on: lab.internet, to: outside, within: 300)
                    else { return false }
                    return try server.accept() != nil && client.name(of: .peer) == outside
                })
            try other.send([7])
            #expect(try kept.wire.receive() == [7])
        }
    }

    @Test func `a lease ends by itself, and the record says so`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--for", "3s")
            #expect(try await asks(outside, from: lab.internet) == "nas")
            #expect(
                try await eventually(within: 8) {
                    try gateway.json(["list"], as: Listed.self).forwards.isEmpty
                })
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            #expect(try gateway.done("log", "nas").contains("ended"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a second gateway on the same machine is refused`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let second = try lab.gateway.command([
                GatewayProcess.binary, "run", "--wan", "wan0", "--state", gateway.state.path + "2",
                "--socket", gateway.socket + "2",
            ])
            #expect(second.code == 1)
            #expect(second.errors.contains("another gateway owns the kernel's table"))
            let same = try lab.gateway.command([
                GatewayProcess.binary, "run", "--state", gateway.state.path, "--socket",
                gateway.socket,
            ])
            #expect(same.code == 1)
            #expect(same.errors.contains("another gateway answers"))
        }
    }
}

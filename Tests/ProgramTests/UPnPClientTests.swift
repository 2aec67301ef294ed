import Addressing
import Foundation
import TestKit
import Testing

/// Programs that none of us wrote, asking the running daemon by UPnP.
///
/// The lab's external address is for documentation, which miniupnpc takes for a gateway that is not
/// connected: `-i` has it go on.
@Suite struct `Clients of UPnP` {
    private static let served = ["--wan", "wan0", "--mapping", "upnp"]
    private let outside = Sample.endpoint("203.0.113.5", 50_001)

    private func upnpc(_ host: TestKit.Host, _ arguments: String...) throws -> String {
        let result = try host.command(["timeout", "-s", "KILL", "30", "upnpc", "-i"] + arguments)
        return result.output + result.errors
    }

    /// Searches go to a group, for which a host of the lab has no route by itself.
    private func route(_ hosts: TestKit.Host...) throws {
        for host in hosts { try host.shell("ip route add 239.0.0.0/8 dev eth0") }
    }

    @Test func `upnpc finds the gateway, opens a port and closes it`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1, lab.lan2)
            let server = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let status = try upnpc(lab.lan1, "-s")
            #expect(status.contains("Status : Connected"))
            #expect(status.contains("ExternalIPAddress = 203.0.113.5"))
            let made = try upnpc(
                lab.lan1, "-e", "game", "-a", "192.168.7.10", "9001", "50001", "tcp", "600")
            #expect(made.contains("external 203.0.113.5:50001 TCP is redirected"), "\(made)")
            #expect(try await asks(outside, from: lab.internet) == "game")
            #expect(try await asks(outside, from: lab.lan2) == "game")
            #expect(try upnpc(lab.lan1, "-l").contains("50001->192.168.7.10:9001  'game'"))
            // Neither shown to others, nor theirs to have or to delete.
            #expect(!(try upnpc(lab.lan2, "-l")).contains("50001->"))
            let taken = try upnpc(
                lab.lan2, "-a", "192.168.7.20", "9001", "50001", "tcp", "600")
            #expect(taken.contains("718"), "\(taken)")
            #expect(try upnpc(lab.lan2, "-d", "50001", "tcp").contains("failed"))
            #expect(try await asks(outside, from: lab.internet) == "game")
            let listed = try gateway.json(["list"], as: Leases.self).forwards
            #expect(listed.map(\.name) == ["upnp-50001-tcp"])
            #expect(listed.first?.lease?.mac != nil)
            #expect(try upnpc(lab.lan1, "-d", "50001", "tcp").contains("returned : 0"))
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `upnpc cannot open a port for another, nor one of the operator's`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            try gateway.done("add", "50001/tcp", "192.168.7.20:443", "--name", "mine")
            for arguments in [
                ["192.168.7.20", "9001", "50002"], ["192.168.7.10", "9001", "50001"],
                ["192.168.7.10", "22", "50003"], ["192.168.7.1", "9001", "50004"],
            ] {
                let refused = try upnpc(
                    lab.lan1, "-a", arguments[0], arguments[1], arguments[2], "tcp", "600")
                #expect(refused.contains("failed with code"), "\(refused)")
            }
            #expect(!(try upnpc(lab.lan1, "-l")).contains("50001->"))
            let listed = try gateway.json(["list"], as: Leases.self).forwards
            #expect(listed.map(\.name) == ["mine"])
        }
    }

    @Test func `UPnProxy: a port that leads to a machine of the internet is not to be had`()
        async throws
    {
        try await Lab.with { lab in
            try route(lab.lan1)
            let server = try await Echo("web", on: lab.internet, .tcp, 9001)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            for (number, client) in ["198.51.100.7", "203.0.113.9", "9.9.9.9"].enumerated() {
                let port = "\(50_001 + number)"
                let refused = try upnpc(lab.lan1, "-a", client, "9001", port, "tcp", "600")
                #expect(refused.contains("failed with code"), "\(refused)")
            }
            #expect(try await asks(outside, from: lab.lan2, within: 300) == nil)
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
            // It is the address that was refused.
            let made = try upnpc(
                lab.lan1, "-a", "192.168.7.10", "9001", "50001", "tcp", "600")
            #expect(made.contains("is redirected"), "\(made)")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a search over IPv6 is answered inside, and not outside`() async throws {
        let script = """
            import socket, sys, time
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            link = socket.if_nametoindex("eth0")
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, link)
            s.settimeout(0.5)
            search = ("M-SEARCH * HTTP/1.1\\r\\nHOST: [FF02::C]:1900\\r\\n"
                      "MAN: \\"ssdp:discover\\"\\r\\nMX: 1\\r\\n"
                      "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:2\\r\\n\\r\\n")
            end = time.monotonic() + float(sys.argv[1])
            while time.monotonic() < end:
                s.sendto(search.encode(), ("ff02::c", 1900, 0, link))
                try:
                    while True: print(s.recv(2000).decode())
                except socket.timeout: pass
            """
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            func search(_ host: TestKit.Host, _ seconds: String) throws -> String {
                let said = try host.command(["/usr/bin/python3", "-c", script, seconds])
                #expect(said.succeeded, "\(said.errors)")
                return said.output
            }
            let answer = try search(lab.lan1, "3")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer)")
            #expect(answer.contains("device:InternetGatewayDevice:2"))
            let location = try #require(
                answer.split(whereSeparator: \.isNewline).first {
                    $0.uppercased().hasPrefix("LOCATION: ")
                })
            let url = location.dropFirst("LOCATION: ".count)
            #expect(url == "http://[2001:db8:7::1]:49000/rootDesc.xml")
            let page = try lab.lan1.command(["curl", "-gsS", "--max-time", "60", String(url)])
            #expect(page.output.contains("InternetGatewayDevice:2"), "\(page.errors)")
            #expect(try search(lab.internet, "2").isEmpty)
            withExtendedLifetime(gateway) {}
        }
    }

    @Test func `the miniupnpc module of Python takes another port where one is taken`()
        async throws
    {
        try await Lab.with { lab in
            try route(lab.lan1)
            let server = try await Echo("py", on: lab.lan1, .udp, 9002)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let script = """
                import miniupnpc
                u = miniupnpc.UPnP()
                u.discoverdelay = 2000
                print("found", u.discover())
                try: u.selectigd()
                except Exception: pass
                print("address", u.externalipaddress())
                print("mapped", u.addportmapping(50001, "UDP", u.lanaddr, 9002, "python", ""))
                print("entry", u.getspecificportmapping(50001, "UDP"))
                """
            let said = try lab.lan1.command(["/usr/bin/python3", "-"], input: script)
            #expect(said.output.contains("address 203.0.113.5"), "\(said.errors)")
            #expect(said.output.contains("mapped True"))
            #expect(said.output.contains("('192.168.7.10', 9002, 'python', True"))
            let wire = try await Wire.udp(on: lab.internet, to: outside)
            try wire.send([1])
            let answer = try wire.receive(within: 1500)
            #expect(answer.map { String(decoding: $0, as: UTF8.self) } == "py")
            #expect(try gateway.json(["list"], as: Leases.self).forwards.count == 1)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `gssdp-discover sees it come and go`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let target = "urn:schemas-upnp-org:device:InternetGatewayDevice:2"
            let seen = try lab.lan1.command([
                "gssdp-discover", "-i", "eth0", "-t", target, "-n", "4",
            ])
            #expect(seen.output.contains("http://192.168.7.1:49000/rootDesc.xml"), "\(seen.errors)")
            // Nobody answers a search from outside.
            try lab.internet.shell("ip route add 239.0.0.0/8 dev eth0")
            let outside = try lab.internet.command([
                "gssdp-discover", "-i", "eth0", "-t", "ssdp:all", "-n", "2",
            ])
            #expect(!outside.output.contains("rootDesc"))
            let page = try lab.internet.command([
                "curl", "-sS", "--max-time", "1", "http://203.0.113.5:49000/rootDesc.xml",
            ])
            #expect(!page.succeeded)
            withExtendedLifetime(gateway) {}
        }
    }

    /// It asks by NAT-PMP first, then by UPnP.
    @Test func `Transmission opens its port by itself`() async throws {
        try await Lab.with { lab in
            try route(lab.lan1)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0", "--mapping", "all"])
            let folder = gateway.state.deletingLastPathComponent().appending(path: "transmission")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false)
            let settings = """
                {"port-forwarding-enabled": true, "peer-port": 51413, "rpc-enabled": false,
                 "dht-enabled": false, "lpd-enabled": false, "pex-enabled": false,
                 "download-dir": "\(folder.path)", "message-level": 2}
                """
            try Data(settings.utf8).write(to: folder.appending(path: "settings.json"))
            let client = Process()
            client.executableURL = URL(filePath: "/usr/bin/env")
            client.arguments = [
                "ip", "netns", "exec", lab.lan1.namespace, "transmission-daemon", "-f", "-g",
                folder.path,
            ]
            (client.standardOutput, client.standardError) =
                (FileHandle.nullDevice, FileHandle.nullDevice)
            try client.run()
            defer {
                // Asked to end it takes its mapping back first, and that takes its time.
                kill(client.processIdentifier, SIGKILL)
                client.waitUntilExit()
            }
            let isOpen = try await eventually(within: 300) {
                try gateway.json(["list"], as: Leases.self).forwards
                    .contains { $0.external == "51413/tcp" && $0.lease?.device == "192.168.7.10" }
            }
            #expect(isOpen)
            let place = Sample.endpoint("203.0.113.5", 51_413)
            let wire = try await Wire.connected(on: lab.internet, to: place, within: 1500)
            #expect(wire != nil)
        }
    }
}

import Addressing
import Foundation
import TestKit
import Testing

/// Pinholes of IPv6 by UPnP, asked for by miniupnpc over IPv6.
///
/// `-i` has it go on though the lab's external address is one for documentation.
@Suite struct `Pinholes by UPnP` {
    private static let served = ["--wan", "wan0", "--mapping", "upnp"]
    private let game = Sample.endpoint("2001:db8:7::10", 9003)

    private func upnpc(_ host: TestKit.Host, _ arguments: String...) throws -> String {
        let result = try host.command(
            ["timeout", "-s", "KILL", "60", "upnpc", "-6", "-i", "-m", "eth0"] + arguments)
        return result.output + result.errors
    }

    /// Asks for a pinhole for `lan1`, and says its number.
    private func opened(
        _ lab: Lab, from remote: String = "", _ port: String = "9003", for seconds: String = "600"
    ) throws -> String {
        let said = try upnpc(lab.lan1, "-A", remote, "0", "2001:db8:7::10", port, "tcp", seconds)
        let number = said.split(separator: "Pinhole ID = ").dropFirst().first
        return try #require(number.map { String($0.prefix { $0.isNumber }) }, "\(said)")
    }

    @Test func `upnpc opens one, sees its packets, prolongs it and closes it`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9003)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            #expect(try upnpc(lab.lan1, "-S").contains("Firewall Enabled: Yes"))
            #expect(try await asks(game, from: lab.internet, within: 300) == nil)

            let number = try opened(lab)
            // The same again is the same one.
            #expect(try opened(lab) == number)
            #expect(try upnpc(lab.lan1, "-C", number).contains("709"))
            #expect(try upnpc(lab.lan1, "-K", number).contains("PinholePackets = 0"))
            #expect(try await asks(game, from: lab.internet) == "game")
            #expect(try upnpc(lab.lan1, "-C", number).contains("IsWorking = Yes"))
            let packets = try upnpc(lab.lan1, "-K", number)
                .split(separator: "PinholePackets = ").last.flatMap {
                    Int($0.prefix { $0.isNumber })
                }
            #expect((packets ?? 0) >= 6)

            let before = try gateway.json(["list"], as: Leases.self).forwards
            #expect(before.map(\.to) == ["[2001:db8:7::10]:9003"])
            #expect(before.first?.lease?.mac != nil)
            let longer = try upnpc(lab.lan1, "-U", number, "7200")
            #expect(longer.contains("with Lease Time: 7200"), "\(longer)")
            let after = try gateway.json(["list"], as: Leases.self).forwards
            #expect(try #require(after.first?.ends) > #require(before.first?.ends))

            // Its own word for TCP is the name here, where the protocol has the number.
            let kept = try upnpc(
                lab.lan1, "-G", "2001:db8:ff::9", "0", "2001:db8:7::10", "9003", "6")
            #expect(kept.contains("Timeout = "), "\(kept)")

            let closed = try upnpc(lab.lan1, "-D", number)
            #expect(!closed.contains("failed"), "\(closed)")
            #expect(try await asks(game, from: lab.internet, within: 300) == nil)
            #expect(try upnpc(lab.lan1, "-K", number).contains("704"))
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `it is for the remote host that was named, and for no other`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9003)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            _ = try opened(lab, from: "2001:db8:51::7")
            #expect(try await asks(game, from: lab.internet, within: 300) == nil)
            let script = """
                import socket
                s = socket.create_connection(("2001:db8:7::10", 9003), 20, ("2001:db8:51::7", 0))
                print(s.recv(9).decode())
                """
            let heard = try lab.internet.command(["python3", "-c", script])
            #expect(heard.output == "game\n", "\(heard.errors)")
            withExtendedLifetime((server, gateway)) {}
        }
    }

    @Test func `one that nobody prolongs ends by itself`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9003)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: """
                    [mapping]
                    protocols = ["upnp"]
                    min_lifetime = "3s"
                    default = "allow"
                    """)
            let number = try opened(lab, for: "20")
            #expect(try await asks(game, from: lab.internet) == "game")
            let isClosed = try await eventually(within: 90) {
                try await asks(game, from: lab.internet, within: 300) == nil
            }
            #expect(isClosed)
            #expect(try upnpc(lab.lan1, "-U", number, "600").contains("704"))
            let isGone = try await eventually(within: 300) {
                try gateway.json(["list"], as: Leases.self).forwards.isEmpty
            }
            #expect(isGone)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `nobody opens, reads, prolongs or closes one of another`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("game", on: lab.lan1, .tcp, 9003)
            let gateway = try await GatewayProcess(on: lab.gateway, options: Self.served)
            let number = try opened(lab)
            for question in [
                ["-K", number], ["-C", number], ["-U", number, "60"], ["-D", number],
            ] {
                let said = try lab.lan2.command(["upnpc", "-6", "-i", "-m", "eth0"] + question)
                #expect(said.output.contains("606"), "\(question): \(said.output)")
            }
            for (client, port) in [("2001:db8:7::10", "9004"), ("2001:db8:7::20", "22")] {
                let said = try upnpc(lab.lan2, "-A", "", "0", client, port, "tcp", "600")
                #expect(said.contains("606"), "\(said)")
            }
            #expect(try await asks(game, from: lab.internet) == "game")
            #expect(try gateway.json(["list"], as: Leases.self).forwards.count == 1)
            withExtendedLifetime(server) {}
        }
    }
}

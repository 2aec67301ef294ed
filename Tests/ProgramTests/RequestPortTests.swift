import Addressing
import Foundation
import TestKit
import Testing

/// Our command against Debian's miniupnpd.
@Suite struct `request` {
    private static let outside = Sample.endpoint("192.0.3.2", 8443)

    private func ask(_ lab: Lab, _ arguments: String...) throws -> Command.Result {
        try lab.gateway.command([GatewayProcess.binary, "request"] + arguments)
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `a port is open until the command is interrupted`(speech: FrontRouter.Speech) async throws
    {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: speech)
            let echo = try await Echo("host", on: lab.gateway, .tcp, 8443)
            #expect(try await asks(Self.outside, from: lab.internet) == nil)
            let asking = try await BackgroundProcess(
                [GatewayProcess.binary, "request", "8443/tcp"], on: lab.gateway,
                ready: "192.0.3.2 port 8443/tcp leads to 192.168.1.20 port 8443")
            #expect(try asking.text().contains("(\(speech.title) at 192.168.1.1, for 2h)"))
            #expect(try await asks(Self.outside, from: lab.internet) == "host")
            #expect(asking.end(by: SIGINT) == 0)
            #expect(try asking.text().contains("gave 8443/tcp back"))
            #expect(try await asks(Self.outside, from: lab.internet) == nil)
            withExtendedLifetime((router, echo)) {}
        }
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `what the router does not take back is said, and no success`(
        speech: FrontRouter.Speech
    ) async throws {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: speech)
            let asking = try await BackgroundProcess(
                [GatewayProcess.binary, "request", "8443/tcp"], on: lab.gateway,
                ready: "192.0.3.2 port 8443/tcp leads to 192.168.1.20 port 8443")
            router.stop()
            #expect(asking.end(by: SIGINT) == 1)
            let text = try asking.text()
            #expect(text.contains("8443/tcp could not be given back"), "\(text)")
            #expect(!text.contains("gave 8443/tcp back"))
        }
    }

    @Test func `that nobody could be asked is another thing than silence`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                nft add table ip t
                nft 'add chain ip t out { type filter hook output priority 0; }'
                nft add rule ip t out udp dport { 1900, 5351 } drop
                """)
            let said = try ask(lab, "8443/tcp", "--once")
            #expect(said.code == 1)
            #expect(said.errors.contains("could not be asked (error 1)"), "\(said.errors)")
            let gateway = try await GatewayProcess(on: lab.gateway)
            let wan = try gateway.cli("wan").output
            #expect(
                wan.contains("upstream   could not be asked: this process may not send"), "\(wan)")
        }
    }

    private struct Answer: Decodable {
        var router: String
        var port: Port

        struct Port: Decodable {
            var port: String
            var state: String
            var external: String?
            var `protocol`: String?
            var until: String?
        }
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `once leaves it, to another port inside`(speech: FrontRouter.Speech) async throws {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: speech)
            let echo = try await Echo("host", on: lab.gateway, .tcp, 9443)
            let said = try ask(
                lab, "8443/tcp", "--to", "9443", "--lifetime", "10m", "--once", "-o", "json")
            #expect(said.code == 0, "\(said.errors)")
            let answer = try JSONDecoder().decode(Answer.self, from: Data(said.output.utf8))
            #expect(answer.router == "192.168.1.1")
            #expect(answer.port.port == "9443/tcp" && answer.port.state == "held")
            #expect(answer.port.external == "192.0.3.2:8443")
            #expect(answer.port.protocol == speech.rawValue)
            #expect(answer.port.until != nil)
            #expect(try await asks(Self.outside, from: lab.internet) == "host")
            withExtendedLifetime((router, echo)) {}
        }
    }

    @Test func `what a router forbids is said with its number and what to do`() async throws {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: .upnp)
            let said = try ask(lab, "80/tcp", "--once")
            #expect(said.code == 1)
            #expect(said.errors.contains("does not allow it (UPnP, code 606); allow"))
            withExtendedLifetime(router) {}
        }
    }

    @Test func `a router that answers by nothing, and none at all`() async throws {
        try await Lab.with { lab in
            let silent = try ask(lab, "8443/tcp")
            #expect(silent.code == 1)
            #expect(
                silent.errors.contains("by none of PCP, NAT-PMP and UPnP; switch one of them on"))
            try lab.gateway.shell("ip route del default")
            let none = try ask(lab, "8443/tcp")
            #expect(none.code == 1)
            #expect(none.errors.contains("no default route over IPv4"))
        }
    }

    @Test(arguments: [
        [], ["8443"], ["http/tcp"], ["0/tcp"], ["8443/all"], ["8443/tcp", "--to", "0"],
        ["8443/tcp", "--external", "0"], ["8443/tcp", "--lifetime", "1m"],
        ["8443/tcp", "--lifetime", "25h"], ["8443/tcp", "--lifetime", "soon"],
        ["8443/tcp", "--router", "fritz.box"], ["8443/tcp", "--router", "2001:db8::1"],
    ])
    func `wrong usage is said with exit code 2`(options: [String]) throws {
        let said = try Command.run([GatewayProcess.binary, "request"] + options)
        #expect(said.code == 2, "\(said.errors)")
        #expect(said.errors.hasPrefix("Error: "))
    }
}

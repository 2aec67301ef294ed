import Addressing
import Foundation
import TestKit
import Testing

/// A gateway behind Debian's miniupnpd, whose forwards open the whole chain.
@Suite struct `Forwards behind another router` {
    private static let outside = Sample.endpoint("192.0.3.2", 8443)

    private struct Shown: Decodable {
        var upstream: Bool
        var upstream_ports: [Port]?

        struct Port: Decodable {
            var wan: String
            var port: String
            var state: String
            var external: String?
            var `protocol`: String?
            var until: String?
            var code: String?
        }
    }

    private func state(_ gateway: GatewayProcess) throws -> Shown.Port? {
        try gateway.json(["show", "nas"], as: Shown.self).upstream_ports?.first
    }

    /// Runs a gateway with a forward that asks, once its port is held.
    private func chained(
        _ speech: FrontRouter.Speech,
        _ body: (Lab, GatewayProcess, FrontRouter) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: speech)
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway, options: ["--wan", "guest0"])
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--upstream")
            #expect(try await eventually(within: 10) { try state(gateway)?.state == "held" })
            try await body(lab, gateway, router)
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `the chain is open while the forward is in force`(speech: FrontRouter.Speech) async throws
    {
        try await chained(speech) { lab, gateway, _ in
            let port = try #require(try state(gateway))
            #expect(port.wan == "guest0" && port.port == "8443/tcp")
            #expect(port.external == "192.0.3.2:8443" && port.protocol == speech.rawValue)
            #expect(port.until != nil)
            #expect(try await asks(Self.outside, from: lab.internet) == "nas")
            #expect(try gateway.done("show", "nas").contains("open at 192.0.3.2:8443 by"))
            #expect(try gateway.done("list").contains("192.0.3.2:8443"))
            #expect(try gateway.done("export").contains("upstream = true"))
            func isClosed() async throws -> Bool {
                try await asks(Self.outside, from: lab.internet, within: 500) == nil
            }
            try gateway.done("disable", "nas")
            #expect(try await eventually(within: 10) { try await isClosed() })
            #expect(try state(gateway) == nil)
            try gateway.done("enable", "nas")
            #expect(
                try await eventually(within: 10) {
                    try await asks(Self.outside, from: lab.internet) == "nas"
                })
            try gateway.done("set", "nas", "--upstream", "off")
            #expect(try await eventually(within: 10) { try await isClosed() })
            // The gateway's own part is as it was.
            let inner = Sample.endpoint("192.168.1.20", 8443)
            #expect(try await asks(inner, from: lab.guest) == "nas")
        }
    }

    @Test func `a router that was started anew is asked anew`() async throws {
        try await chained(.pcp) { lab, gateway, router in
            // By the protocol's tolerance nobody can tell a router of two seconds from a new one.
            #expect(await eventually(within: 10) { router.age > .seconds(6) })
            try await router.restart()
            #expect(
                try await eventually(within: 300) {
                    try await asks(Self.outside, from: lab.internet, within: 500) == "nas"
                })
        }
    }

    @Test func `a daemon that was killed has its ports again`() async throws {
        try await chained(.pcp) { lab, gateway, _ in
            gateway.kill()
            try await gateway.start()
            #expect(try await eventually(within: 10) { try state(gateway)?.state == "held" })
            #expect(try state(gateway)?.external == "192.0.3.2:8443")
            #expect(try await asks(Self.outside, from: lab.internet) == "nas")
        }
    }

    @Test func `one that is silent is told, and hinders nothing`() async throws {
        try await Lab.with { lab in
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas", "--upstream")
            #expect(try await eventually(within: 10) { try state(gateway)?.state == "failed" })
            #expect(try state(gateway)?.code == "silent")
            #expect(
                try await asks(Sample.endpoint("203.0.113.5", 8443), from: lab.internet) == "nas")
            #expect(try gateway.done("list").contains("no: silent"))
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [
        (["27000-27032/udp", "192.168.7.10"], "more than 32 ports"),
        (["17000-17016/tcp+udp", "192.168.7.10"], "more than 32 ports"),
        (["443/tcp", "[2001:db8:7::10]:443"], "over IPv6 alone"),
    ])
    func `what cannot be asked for is refused`(forward: [String], words: String) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let said = try gateway.cli(["add"] + forward + ["--upstream"])
            #expect(said.code == 1)
            #expect(said.errors.contains(words), "\(said.errors)")
        }
    }

    private struct SeenUpstream: Decodable {
        var wans: [WAN]

        struct WAN: Decodable { var upstream: Upstream? }

        struct Upstream: Decodable {
            var `protocol`: String
            var address: String
        }
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `wan says by what the router answers and its address`(
        speech: FrontRouter.Speech
    ) async throws {
        try await Lab.with { lab in
            let router = try await FrontRouter(in: lab, speaking: speech)
            let gateway = try await GatewayProcess(on: lab.gateway, options: ["--wan", "guest0"])
            let said = try gateway.cli("wan", "-o", "json")
            let seen = try JSONDecoder().decode(SeenUpstream.self, from: Data(said.output.utf8))
            #expect(seen.wans.first?.upstream?.protocol == speech.rawValue)
            #expect(seen.wans.first?.upstream?.address == "192.0.3.2")
            withExtendedLifetime(router) {}
        }
    }
}

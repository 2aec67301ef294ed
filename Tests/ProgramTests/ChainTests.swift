import Addressing
import Foundation
import TestKit
import Testing

/// Devices behind our gateway, which is behind Debian's miniupnpd, and asks it for what they ask.
@Suite struct `Ports of devices behind another router` {
    private static let outside = Sample.endpoint("192.0.3.2", 50_000)
    private static let settings = """
        [mapping]
        protocols = ["pcp", "nat-pmp", "upnp"]
        upstream = true
        """

    private func chained(
        _ speech: FrontRouter.Speech, _ more: String = "",
        _ body: (Lab, GatewayProcess, FrontRouter) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            try lab.lan1.shell("ip route add 239.0.0.0/8 dev eth0")
            let router = try await FrontRouter(in: lab, speaking: speech)
            let echo = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "guest0"], config: Self.settings + more)
            try await body(lab, gateway, router)
            withExtendedLifetime(echo) {}
        }
    }

    private func isOpen(_ lab: Lab) async throws -> Bool {
        try await eventually(within: 300) {
            try await asks(Self.outside, from: lab.internet, within: 500) == "game"
        }
    }

    /// Silence at the router in front, because it has nothing of the kind any more.
    private func isClosed(_ lab: Lab) async throws -> Bool {
        let isGone = try await eventually(within: 300) {
            try !lab.guest.shell("nft list chain inet filter mapped_nat").contains("50000")
        }
        let answer = try await asks(Self.outside, from: lab.internet, within: 500)
        return isGone && answer == nil
    }

    private func natpmpc(
        _ lab: Lab, _ external: Int, seconds: Int = 600
    ) throws -> Command.Result {
        try lab.lan1.command([
            "natpmpc", "-g", "192.168.7.1", "-a", "\(external)", "9001", "tcp", "\(seconds)",
        ])
    }

    private func upnpc(_ lab: Lab, _ arguments: String...) throws -> String {
        let made = try lab.lan1.command(["timeout", "-s", "KILL", "30", "upnpc", "-i"] + arguments)
        return made.output + made.errors
    }

    @Test(arguments: FrontRouter.Speech.allCases)
    func `are open through both by NAT-PMP, and closed at both`(
        speech: FrontRouter.Speech
    ) async throws {
        try await chained(speech) { (lab, gateway, _) async throws in
            #expect(try natpmpc(lab, 50_000).output.contains("Mapped public port 50000"))
            #expect(try await isOpen(lab))
            let isTold = try await eventually(within: 300) {
                try natpmpc(lab, 50_000).output.contains("Public IP address : 192.0.3.2")
            }
            #expect(isTold)
            #expect(try gateway.done("list").contains("192.0.3.2:50000"))
            #expect(try natpmpc(lab, 0, seconds: 0).output.contains("Mapped public port 0"))
            #expect(try await isClosed(lab))
        }
    }

    @Test func `are open through both by PCP, and the device is told where`() async throws {
        try await chained(.pcp) { (lab, gateway, _) async throws in
            func map(_ options: String...) throws -> PCPCaller {
                try PCPCaller.ask(
                    lab.lan1, ["map", "9001", "--outside", "50000", "--transport", "6"] + options)
            }
            #expect(try map().port == 50_000)
            #expect(try await isOpen(lab))
            let isTold = try await eventually(within: 300) {
                try map().address == "192.0.3.2"
            }
            #expect(isTold)
            #expect(try map("--seconds", "0").isGranted)
            #expect(try await isClosed(lab))
        }
    }

    @Test func `are open through both by UPnP, and closed at both`() async throws {
        try await chained(.upnp) { (lab, _, _) async throws in
            let made = try upnpc(lab, "-a", "192.168.7.10", "9001", "50000", "tcp", "600")
            #expect(made.contains("is redirected"), "\(made)")
            #expect(try await isOpen(lab))
            let isTold = try await eventually(within: 300) {
                try upnpc(lab, "-s").contains("ExternalIPAddress = 192.0.3.2")
            }
            #expect(isTold)
            #expect(try upnpc(lab, "-d", "50000", "tcp").contains("returned : 0"))
            #expect(try await isClosed(lab))
        }
    }

    @Test func `end at both by themselves`() async throws {
        try await chained(.pcp, "\nmin_lifetime = \"10s\"\n") { (lab, _, _) async throws in
            #expect(try natpmpc(lab, 50_000, seconds: 10).succeeded)
            #expect(try await isOpen(lab))
            #expect(try await isClosed(lab))
        }
    }

    @Test func `are told with the port that the router in front has given`() async throws {
        try await chained(.pcp) { (lab, gateway, _) async throws in
            // Another machine of the middle network has the port already.
            let other = try lab.gateway.command([
                "natpmpc", "-g", "192.168.1.1", "-a", "50000", "7777", "tcp", "600",
            ])
            #expect(other.output.contains("Mapped public port 50000"), "\(other.output)")
            let made = try PCPCaller.ask(
                lab.lan1, "map", "9001", "--outside", "50000", "--transport", "6")
            #expect(made.isGranted && made.port == 50_000)
            var told = made
            let isTold = try await eventually(within: 300) {
                told = try PCPCaller.ask(
                    lab.lan1, "map", "9001", "--outside", "50000", "--transport", "6")
                return told.address == "192.0.3.2" && told.port != 50_000
            }
            #expect(isTold, "\(told) \(gateway.log)")
            let place = Sample.endpoint("192.0.3.2", UInt16(clamping: told.port))
            #expect(try await asks(place, from: lab.internet) == "game")
            // Asked for again as it was told, it is the same.
            let again = try PCPCaller.ask(
                lab.lan1, "map", "9001", "--outside", "\(told.port)", "--transport", "6")
            #expect(again.port == told.port)
            #expect(try gateway.json(["list"], as: Leases.self).forwards.count == 1)
        }
    }
}

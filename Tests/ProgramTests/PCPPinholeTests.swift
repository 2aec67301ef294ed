import Addressing
import Foundation
import TestKit
import Testing

/// Ports that a device opens over IPv6, where nothing is translated.
@Suite struct `Pinholes by PCP` {
    private static let device = "2001:db8:7::10"
    private static let server = "2001:db8:7::1"
    private let place = Sample.endpoint(device, 9001)

    private func map(_ lab: Lab, _ options: String...) throws -> PCPCaller {
        try PCPCaller.ask(
            lab.lan1, ["map", "9001", "--transport", "6"] + options, at: Self.server)
    }

    private func isReached(_ lab: Lab, from address: String? = nil) async throws -> Bool {
        let source = address.map { Sample.endpoint($0, 0) }
        let wire = try await Wire.connected(
            on: lab.internet, from: source, to: place, within: 500)
        return wire != nil
    }

    private func served(
        _ more: String = "", _ body: (Lab, GatewayProcess) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let echo = try await Echo("game", on: lab.lan1, .tcp, 9001)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: "[mapping]\nprotocols = [\"pcp\"]\n" + more)
            #expect(try await !isReached(lab))
            try await body(lab, gateway)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `open until they are given back`() async throws {
        try await served { lab, gateway in
            let made = try map(lab, "--outside", "50000")
            #expect(made.isGranted && made.port == 9001 && made.address == Self.device)
            #expect(try await asks(place, from: lab.internet) == "game")
            let other = Sample.endpoint("2001:db8:7::20", 9001)
            #expect(try await asks(other, from: lab.internet, within: 300) == nil)
            let gone = try map(lab, "--seconds", "0")
            #expect(gone.isGranted && gone.lifetime == 0)
            #expect(try await !isReached(lab))
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
        }
    }

    @Test func `end by themselves`() async throws {
        try await served("min_lifetime = \"5s\"\n") { (lab, _) async throws in
            let made = try map(lab, "--seconds", "5")
            #expect(made.isGranted && (1...5).contains(made.lifetime))
            let hasEnded = try await eventually(within: 300) { try await !isReached(lab) }
            #expect(hasEnded)
        }
    }

    @Test func `let in whom their filter names`() async throws {
        try await served { (lab, _) async throws in
            #expect(try map(lab, "--filter", "2001:db8:51::/48").isGranted)
            #expect(try await !isReached(lab, from: "2001:db8:ff::9"))
            #expect(try await isReached(lab, from: "2001:db8:51::7"))
        }
    }

    @Test func `are only for the device that asks`() async throws {
        try await served { lab, gateway in
            let lie = try PCPCaller.ask(
                lab.lan2, ["map", "9001", "--transport", "6", "--own", Self.device],
                at: Self.server)
            #expect(lie.result == 12, "ADDRESS_MISMATCH")
            // Over IPv4 for an IPv6 address, neither.
            let mixed = try PCPCaller.ask(lab.lan1, "map", "9001", "--own", Self.device)
            #expect(mixed.result == 12)
            #expect(try await !isReached(lab))
            #expect(try gateway.json(["list"], as: Leases.self).forwards.isEmpty)
        }
    }
}

import Addressing
import Foundation
import TestKit
import Testing

/// Our client at a router that speaks NAT-PMP and nothing else.
@Suite struct `request at a router of NAT-PMP alone` {
    private static let config = """
        [mapping]
        protocols = ["nat-pmp"]
        min_lifetime = "5s"
        max_lifetime = "%@"
        """
    private let outside = Sample.endpoint("203.0.113.5", 9444)

    private func served(
        _ longest: String = "20s",
        _ body: (Lab, GatewayProcess, BackgroundProcess) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 9444)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0"],
                config: Self.config.replacing("%@", with: longest))
            let asking = try await BackgroundProcess(
                [GatewayProcess.binary, "request", "9444/tcp", "--lifetime", "10m"], on: lab.lan1,
                ready: "203.0.113.5 port 9444/tcp leads to 192.168.7.10 port 9444")
            try await body(lab, gateway, asking)
            withExtendedLifetime(server) {}
        }
    }

    private func held(_ gateway: GatewayProcess) throws -> Leases.Entry? {
        try gateway.json(["list"], as: Leases.self).forwards.first
    }

    @Test func `it has its port by NAT-PMP, and gives it back`() async throws {
        try await served { (lab, gateway, asking) async throws in
            #expect(try asking.text().contains("(NAT-PMP at 192.168.7.1, for 20s)"))
            #expect(try held(gateway)?.lease?.protocol == "nat-pmp")
            #expect(try await asks(outside, from: lab.internet) == "nas")
            #expect(asking.end(by: SIGINT) == 0)
            #expect(try held(gateway) == nil)
            #expect(try await asks(outside, from: lab.internet, within: 300) == nil)
        }
    }

    @Test func `it renews in time, for as long as it runs`() async throws {
        try await served { (lab, gateway, asking) async throws in
            let first = try #require(try held(gateway)?.ends)
            // Three times the end that it had first: none of them has come.
            var ends: Set<String> = [first]
            let isRenewed = try await eventually(within: 120) {
                if let end = try held(gateway)?.ends { ends.insert(end) }
                return ends.count >= 4
            }
            #expect(isRenewed, "\(ends)")
            #expect(try await asks(outside, from: lab.internet) == "nas")
        }
    }

    @Test func `it asks anew when the router has lost everything`() async throws {
        // Its own clock would not have it ask before five minutes have passed.
        try await served("10m") { (lab, gateway, asking) async throws in
            // By the protocol's tolerance nobody can tell a router of two seconds from a new one.
            let isOld = try await eventually(within: 300) {
                try lab.gateway.shell("ps -o etimes= -p \(gateway.id)")
                    .filter(\.isNumber).count >= 2
            }
            #expect(isOld)
            gateway.kill()
            try FileManager.default.removeItem(at: gateway.state)
            try await gateway.start()
            let isBack = try await eventually(within: 300) {
                try await asks(outside, from: lab.internet, within: 500) == "nas"
            }
            #expect(isBack)
            #expect(try held(gateway)?.lease?.device == "192.168.7.10")
        }
    }

    @Test func `it says the new address when the router has another`() async throws {
        try await served { (lab, gateway, asking) async throws in
            try lab.gateway.shell(
                """
                ip addr del 203.0.113.5/24 dev wan0; ip addr add 203.0.113.6/24 dev wan0
                ip route replace default via 203.0.113.9
                """)
            let isTold = try await eventually(within: 300) {
                try asking.text().contains("203.0.113.6 port 9444/tcp leads to")
            }
            #expect(isTold)
            let moved = Sample.endpoint("203.0.113.6", 9444)
            #expect(try await asks(moved, from: lab.internet) == "nas")
        }
    }
}

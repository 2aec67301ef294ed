import Addressing
import Foundation
import TestKit
import Testing

@Suite struct `apply --confirm, history, diff and rollback` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)
    private static let moved = """
        [[forward]]
        name = "nas"
        external = "8443/tcp+udp"
        to = "192.168.7.20:443"

        """

    @Test func `an apply that nobody confirms goes back by itself, over a kill -9`() async throws {
        try await Lab.with { lab in
            let (old, new) = (
                try await Echo("old", on: lab.lan1, .tcp, 443),
                try await Echo("new", on: lab.lan2, .tcp, 443)
            )
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp+udp", "192.168.7.10:443", "--name", "nas")
            let file = try gateway.file("moved.toml", Self.moved)
            let said = try gateway.done("apply", file, "--confirm", "3s")
            #expect(said.contains("goes back at"))
            #expect(try await asks(outside, from: lab.internet) == "new")
            #expect(try !gateway.cli("add", "9/tcp", "192.168.7.10").succeeded)
            gateway.kill()
            try await gateway.start()
            #expect(
                try await eventually(within: 10) {
                    try await asks(outside, from: lab.internet) == "old"
                })
            #expect(try gateway.done("log").contains("nobody confirmed in time"))
            withExtendedLifetime((old, new)) {}
        }
    }

    @Test func `a confirmed one stays, and can be taken back by hand`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp+udp", "192.168.7.10:443", "--name", "nas")
            let file = try gateway.file("moved.toml", Self.moved)
            try gateway.done("apply", file, "--confirm", "60s")
            try gateway.done("confirm")
            #expect(try gateway.cli("confirm").code == 1)
            let history = try gateway.done("history").split(separator: "\n")
            #expect(history.count == 3)
            #expect(try gateway.done("diff", "1", "2").hasPrefix("~ nas"))
            #expect(try gateway.done("diff", "2") == "no difference\n")
            #expect(try gateway.done("rollback", "--dry-run").contains("192.168.7.10:443"))
            try gateway.done("rollback")
            #expect(try gateway.done("show", "nas").contains("192.168.7.10"))
            let far = try gateway.cli("rollback", "77")
            #expect(far.code == 1 && far.errors.contains("portcullis history"))
            #expect(try gateway.cli("apply", file, "--confirm", "soon").code == 1)
        }
    }

    @Test func `plan says what it costs, and that is what it costs`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp+udp", "192.168.7.10:443", "--name", "nas")
            var wires: [Wire] = []
            for _ in 1...3 {
                wires.append(
                    try #require(try await Wire.connected(on: lab.internet, to: outside)))
            }
            let datagrams = try await Wire.listening(.udp, on: lab.lan1, 443)
            for port in 40_000...40_001 as ClosedRange<UInt16> {
                let client = try await Wire.udp(
                    on: lab.internet, from: Sample.endpoint("203.0.113.9", port), to: outside)
                try client.send([7])
                #expect(try datagrams.receive() == [7])
                wires.append(client)
            }
            let file = try gateway.file("moved.toml", Self.moved)
            let plan = try gateway.done("plan", file)
            #expect(plan.contains("2 UDP flows move, 3 TCP connections end"))
            #expect(try gateway.done("apply", file).contains("5 flow(s) of the old terms ended"))
            withExtendedLifetime((server, wires)) {}
        }
    }
}

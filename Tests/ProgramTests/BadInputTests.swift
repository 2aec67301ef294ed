import Addressing
import Foundation
import TestKit
import Testing

@Suite struct `Bad input` {
    /// Forwards and a listener that others collide with.
    private static func populated(_ lab: Lab) async throws -> (GatewayProcess, Echo) {
        let own = try await Echo("own", on: lab.gateway, .tcp, 7777)
        let gateway = try await GatewayProcess(on: lab.gateway)
        try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
        try gateway.done(
            "add", "7000/tcp", "198.51.100.2:7001", "--at", "198.51.100.1", "--name", "ring")
        return (gateway, own)
    }

    @Test(arguments: BadInput.all.keys.sorted())
    func `each gets one line with field, value, reason and advice, and nothing changes`(
        kind: String
    ) async throws {
        let inputs = try #require(BadInput.all[kind])
        try await Lab.with { lab in
            let (gateway, own) = try await Self.populated(lab)
            let before = try gateway.ask("GET", "/v1/forwards").text
            for input in inputs {
                let result = try gateway.cli(input.arguments)
                Self.check(input, result)
                #expect(
                    try gateway.ask("GET", "/v1/forwards").text == before, "\(input.arguments)")
            }
            withExtendedLifetime(own) {}
        }
    }

    private static func check(_ input: BadInput, _ result: Command.Result) {
        let name: Comment = "\(input.arguments): \(result.errors)"
        #expect(result.code == 1, name)
        #expect(result.output.isEmpty, name)
        #expect(result.errors.hasPrefix("portcullis: "), name)
        #expect(result.errors.filter { $0 == "\n" }.count == 1, name)
        #expect(!result.errors.contains("\u{1b}"), name)
        let subject = input.value.isEmpty ? input.field : "\(input.field) \"\(input.value)"
        #expect(result.errors.contains(" \(subject)"), name)
        let parts = result.errors.components(separatedBy: "; ")
        #expect(parts.count >= 2, name)
        #expect(parts.first?.contains(input.reason) ?? false, name)
        #expect(parts.dropFirst().joined(separator: "; ").contains(input.advice), name)
    }

    @Test func `a list says the same to people and to programs after it all`() async throws {
        try await Lab.with { lab in
            let (gateway, own) = try await Self.populated(lab)
            let (before, revision) = (
                try gateway.listed(), try gateway.json(["status"], as: Status.self).revision
            )
            for input in [BadInput.ports[0], BadInput.targets[5], BadInput.table[0]] {
                #expect(try gateway.cli(input.arguments).code == 1)
            }
            #expect(try gateway.listed() == before)
            #expect(try gateway.json(["status"], as: Status.self).revision == revision)
            withExtendedLifetime(own) {}
        }
    }

    @Test func `a service that opens several ports is refused as a whole`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            // One of the ports that the service needs is another's.

            try gateway.done(
                "add", "19133/udp", "192.168.7.20", "--name", "taken")
            let before = try gateway.listed()
            let refused = try gateway.cli("add", "minecraft-bedrock", "192.168.7.10")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("overlaps with the forward \"taken\""))
            #expect(try gateway.listed() == before)
        }
    }
}

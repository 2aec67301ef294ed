import Addressing
import TestKit
import Testing

@Suite struct `Trace and doctor of what the relay carries beside the kernel` {
    @Test func `the relay takes the packet and says why it is the relay`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try gateway.done(
                "add", "8444/tcp", "192.168.7.10:443", "--name", "told", "--proxy", "v1")
            let told = try gateway.json(
                ["trace", "--from", "198.51.100.7", "--to", "told"], as: Traced.self)
            #expect(told.outcome == "arrives", "\(told.sentence)")
            #expect(told.sentence.contains("the relay carries told to 192.168.7.10:443"))
            #expect(told.steps.contains { $0.kind == "relay" })
            #expect(!told.steps.contains { ["translation", "route", "answer"].contains($0.kind) })
            let text = try gateway.done("trace", "--from", "198.51.100.7", "--to", "told")
            #expect(text.contains("targets are told of the client by the PROXY protocol"))
            let other = try gateway.json(
                ["trace", "--from", "198.51.100.7", "--to", "nas"], as: Traced.self)
            #expect(other.steps.contains { $0.kind == "translation" })
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a Unix socket is where it ends`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8444/tcp", "unix:/run/nobody.sock", "--name", "app")
            let told = try gateway.json(
                ["trace", "--from", "198.51.100.7", "--to", "app"], as: Traced.self)
            #expect(told.sentence.contains("the relay carries app to unix:/run/nobody.sock"))
        }
    }
}

import Addressing
import Foundation
import TestKit
import Testing

/// The server of the program, and the programs of others against both sides.
@Suite struct `stun-server` {
    private static let plain: [UInt8] =
        [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42] + [UInt8](1...12)
    private static let changed: [UInt8] =
        [0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42] + [UInt8](1...12) + [0, 3, 0, 4, 0, 0, 0, 6]

    private func client(_ lab: Lab, to port: UInt16 = 3478) async throws -> Wire {
        try await Wire.udp(on: lab.gateway, to: Sample.endpoint("203.0.113.9", port))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `it ends in order when it is told to`(signal: Int32) async throws {
        try await Lab.with { lab in
            let server = try await BackgroundProcess.stunServer(
                on: lab.internet, "--address", "203.0.113.9")
            #expect(try server.text().contains("answers at 203.0.113.9:3478"))
            #expect(server.end(by: signal) == 0)
        }
    }

    @Test func `with one address it says the client's, and refuses to answer from elsewhere`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await BackgroundProcess.stunServer(
                on: lab.internet, "--address", "203.0.113.9")
            let wire = try await client(lab)
            try wire.send(Self.plain)
            let answer = try #require(try wire.receive())
            #expect(answer.count == 32 && answer.starts(with: [1, 1, 0, 12]))
            let address = zip(answer.suffix(4), [0x21, 0x12, 0xa4, 0x42]).map(^)
            #expect(address == [203, 0, 113, 5])
            try wire.send(Self.changed)
            let refusal = try #require(try wire.receive())
            #expect(
                refusal.starts(with: [1, 0x11]) && refusal.suffix(8) == [0, 10, 0, 2, 0, 3, 0, 0])
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a source has ten answers a second, others have theirs`() async throws {
        try await Lab.with { lab in
            let server = try await BackgroundProcess.stunServer(
                on: lab.internet, "--address", "203.0.113.9")
            let wire = try await client(lab)
            for _ in 0..<100 { try wire.send(Self.plain) }
            var answers = 0
            while try wire.receive(within: 300) != nil { answers += 1 }
            // A second may end while they are sent.
            #expect(answers == 10 || answers == 20)
            let other = try await Wire.udp(
                on: lab.gateway, from: Sample.endpoint("192.0.2.5", 0),
                to: Sample.endpoint("203.0.113.9", 3478))
            try other.send(Self.plain)
            #expect(try other.receive() != nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test(arguments: [
        (["--address", "203.0.113.77"], "no address of this machine"),
        (["--address", "203.0.113.9", "--port", "3499"], "another program has it"),
    ])
    func `a place that it cannot have is named with what to do`(
        options: [String], words: String
    ) async throws {
        try await Lab.with { lab in
            let holder = try await Wire.listening(.udp, on: lab.internet, 3499)
            let said = try lab.internet.command([GatewayProcess.binary, "stun-server"] + options)
            #expect(said.code == 1)
            #expect(said.errors.contains(words), "\(said.errors)")
            withExtendedLifetime(holder) {}
        }
    }

    @Test(arguments: [
        [], ["--address", "nowhere"], ["--address", "0.0.0.0"], ["--address", "::"],
        ["--address", "192.0.2.7", "--port", "0"], ["--address", "192.0.2.7", "--port", "65536"],
        ["--address", "192.0.2.7", "--other-port", "3479"],
        ["--address", "192.0.2.7", "--other-address", "192.0.2.7"],
        ["--address", "192.0.2.7", "--other-address", "192.0.2.8", "--other-port", "3478"],
        ["--address", "192.0.2.7", "--other-address", "2001:db8::7"],
    ])
    func `wrong usage is said with exit code 2`(options: [String]) throws {
        let said = try Command.run([GatewayProcess.binary, "stun-server"] + options)
        #expect(said.code == 2)
        #expect(said.errors.hasPrefix("Error: "))
    }
}

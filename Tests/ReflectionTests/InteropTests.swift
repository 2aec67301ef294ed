import Addressing
import LinuxKit
import Reflection
import TestKit
import Testing

/// The server and the clients of coturn, against ours.
@Suite struct `STUN of others` {
    private static let a1 = "203.0.113.9"
    private static let a2 = "198.51.100.7"

    private func masquerade(_ lab: Lab) throws {
        try lab.gateway.shell(
            """
            nft -f - <<'RULES'
            table ip lab {
              chain out {
                type nat hook postrouting priority srcnat
                oifname "wan0" masquerade
              }
            }
            RULES
            """)
    }

    private func coturn(on lab: Lab) async throws -> BackgroundProcess {
        try await BackgroundProcess(
            [
                "turnserver", "-n", "-S", "-z", "--no-tls", "--no-dtls", "--no-cli",
                "-L", Self.a1, "-L", Self.a2, "-p", "3478", "--alt-listening-port", "3479",
                "--log-file", "stdout", "--pidfile", "/dev/null",
            ], on: lab.internet, ready: "(admin thread)")
    }

    private func discover(_ lab: Lab) async throws -> NATBehaviour {
        try await lab.lan1.run {
            try BehaviourDiscovery(from: Sample.address("192.168.7.10")).discover(
                with: [Sample.endpoint(Self.a1, 3478)])
        }
    }

    @Test func `our client asks coturn's server`() async throws {
        try await Lab.with { lab in
            let server = try await coturn(on: lab)
            let open = try await discover(lab)
            #expect(open.mapping == MappingBehaviour.none, "\(open)")
            #expect(open.filtering == .endpointIndependent)
            try masquerade(lab)
            let translated = try await discover(lab)
            #expect(translated.mapping == .endpointIndependent)
            #expect(translated.filtering == .addressAndPortDependent)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `coturn's clients ask our server`() async throws {
        try await Lab.with { lab in
            let places = try #require(
                ReflectionPlaces(
                    at: Sample.endpoint(Self.a1, 3478), other: Sample.endpoint(Self.a2, 3479)))
            let server = try await lab.internet.run { try ReflectionServer(places) }
            try KernelThread.start { try? server.run() }
            defer { server.stop() }
            // It waits for ever for answers that are filtered: nothing may stand between.
            let seen = try lab.lan1.command(["timeout", "9", "turnutils_stunclient", Self.a1])
            #expect(seen.output.contains("UDP reflexive addr: 192.168.7.10:"), "\(seen)")
            try masquerade(lab)
            let found = try lab.lan1.command([
                "timeout", "-s", "KILL", "30", "turnutils_natdiscovery", "-m", "-f", Self.a1,
            ])
            #expect(
                found.output.contains("NAT with Endpoint Independent Mapping!"), "\(found)")
            #expect(
                found.output.contains("NAT with Address and Port Dependent Filtering!"),
                "\(found)")
        }
    }
}

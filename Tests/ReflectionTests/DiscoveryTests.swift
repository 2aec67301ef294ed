import Addressing
import LinuxKit
import Reflection
import TestKit
import Testing

/// Our client against our server, through what the kernel's NAT makes of it.
///
/// Who asks is lan1; the server is on the internet with two addresses; the gateway stands between.
@Suite struct `Behaviour discovery` {
    private static let own = Sample.address("192.168.7.10")
    private static let places = [
        Sample.endpoint("203.0.113.9", 3478), Sample.endpoint("198.51.100.7", 3479),
    ]

    /// Runs a server on the internet for the length of a test.
    private func with<Result>(
        _ places: ReflectionPlaces?, on host: Host, _ body: () async throws -> Result
    ) async throws -> Result {
        let places = try #require(places)
        let server = try await host.run { try ReflectionServer(places) }
        try KernelThread.start { try? server.run() }
        defer { server.stop() }
        return try await body()
    }

    private func discover(
        _ lab: Lab, servers: [Endpoint] = [places[0]], from own: IPAddress = own
    ) async throws -> NATBehaviour {
        try await lab.lan1.run { try BehaviourDiscovery(from: own).discover(with: servers) }
    }

    private func nat(_ lab: Lab, _ rules: String) throws {
        try lab.gateway.shell(
            """
            for s in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
                if [ -e $s ]; then echo 0 > $s; fi; done
            nft -f - <<'RULES'
            table ip lab {
              chain out {
                type nat hook postrouting priority srcnat
                \(rules)
              }
            }
            RULES
            """)
    }

    private var whole: ReflectionPlaces? {
        ReflectionPlaces(at: Self.places[0], other: Self.places[1])
    }

    @Test func `where nothing stands between, nothing is mapped and nothing filtered`() async throws
    {
        try await Lab.with { lab in
            let found = try await with(whole, on: lab.internet) { try await discover(lab) }
            #expect(found.sightings == [NATBehaviour.Sighting(Self.places[0], found.own)])
            #expect(found.mapping == MappingBehaviour.none)
            #expect(found.filtering == .endpointIndependent)
            #expect(found.hairpins == nil)
        }
    }

    @Test func `a masquerade of Linux maps regardless of the peer, and lets in only the peer`()
        async throws
    {
        try await Lab.with { lab in
            try nat(lab, "oifname \"wan0\" masquerade")
            let found = try await with(whole, on: lab.internet) { try await discover(lab) }
            #expect(found.sightings.first?.mapped?.address == Sample.address("203.0.113.5"))
            #expect(found.mapping == .endpointIndependent)
            #expect(found.filtering == .addressAndPortDependent)
            #expect(found.hairpins == false)
        }
    }

    @Test func `random ports are seen as a mapping of their own for each peer`() async throws {
        try await Lab.with { lab in
            try nat(lab, "oifname \"wan0\" masquerade fully-random")
            let found = try await with(whole, on: lab.internet) { try await discover(lab) }
            #expect(found.mapping == .addressAndPortDependent)
            #expect(found.filtering == .addressAndPortDependent)
        }
    }

    @Test func `a port that is open to all is seen as such, and its hairpin works`() async throws {
        try await Lab.with { lab in
            try nat(
                lab,
                """
                oifname "wan0" masquerade
                iifname "br0" oifname "br0" ip saddr 192.168.7.0/24 masquerade
                }
                chain in {
                type nat hook prerouting priority dstnat
                ip daddr 203.0.113.5 meta l4proto udp dnat to 192.168.7.10
                """)
            let found = try await with(whole, on: lab.internet) { try await discover(lab) }
            #expect(found.mapping == .endpointIndependent)
            #expect(found.filtering == .endpointIndependent)
            #expect(found.hairpins == true)
        }
    }

    @Test func `two servers without a second address tell as much of the mapping`() async throws {
        try await Lab.with { lab in
            try nat(lab, "oifname \"wan0\" masquerade")
            let second = Sample.endpoint("198.51.100.7", 3478)
            let found = try await with(ReflectionPlaces(at: Self.places[0]), on: lab.internet) {
                try await with(ReflectionPlaces(at: second), on: lab.internet) {
                    try await discover(lab, servers: [Self.places[0], second])
                }
            }
            #expect(found.mapping == .endpointIndependent)
            #expect(found.filtering == nil)
            #expect(found.sightings.compactMap(\.mapped).count == 2)
        }
    }

    @Test func `a server that is silent is named as such, and nothing is made up`() async throws {
        try await Lab.with { lab in
            let found = try await discover(lab)
            #expect(found.sightings == [NATBehaviour.Sighting(Self.places[0], nil)])
            #expect(found.mapping == nil && found.filtering == nil && found.hairpins == nil)
        }
    }

    @Test func `what is lost once is asked again`() async throws {
        try await Lab.with { lab in
            // The first of what each socket sends to each place.
            try lab.gateway.shell(
                """
                nft -f - <<'RULES'
                table ip loss {
                  set seen { type inet_service . ipv4_addr . inet_service; flags dynamic; }
                  chain through { type filter hook forward priority 0;
                    udp dport != { 3478, 3479 } accept
                    udp sport . ip daddr . udp dport != @seen \\
                        add @seen { udp sport . ip daddr . udp dport } drop
                  }
                }
                RULES
                """)
            let found = try await with(whole, on: lab.internet) { try await discover(lab) }
            #expect(found.mapping == MappingBehaviour.none)
            #expect(found.filtering == .endpointIndependent)
        }
    }

    @Test func `an address that is not ours cannot be asked from`() async throws {
        try await Lab.with { lab -> Void in
            let stranger = Sample.address("192.168.7.99")
            await #expect(throws: KernelError.self) {
                _ = try await discover(lab, from: stranger)
            }
        }
    }
}

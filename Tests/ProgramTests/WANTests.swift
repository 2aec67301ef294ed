import Foundation
import TestKit
import Testing

/// What `wan -o json` says, written down a second time.
struct SeenWANs: Decodable {
    var servers: [Server]
    var wans: [WAN]

    struct Server: Decodable {
        var name: String
        var endpoint: String?
    }

    struct WAN: Decodable {
        var interface: String
        var address: Address?
        var ipv6: [Address]
        var ipv6_verdict: String
        var sightings: [Sighting]
        var nat: String
        var mapping: Behaviour?
        var filtering: Behaviour?
        var hairpin: Bool?
        var verdict: String
        var severity: String
        var sentence: String
        var advice: String
    }

    struct Address: Decodable, Equatable {
        var address: String
        var kind: String
    }

    struct Sighting: Decodable {
        var server: String
        var seen: String?
    }

    struct Behaviour: Decodable {
        var kind: String
    }
}

/// Our command against our server, with nothing, a router or a provider between.
@Suite struct `wan` {
    private static let config = "[network]\nstun = \"203.0.113.9\"\n"

    private func whole(on lab: Lab) async throws -> BackgroundProcess {
        try await BackgroundProcess.stunServer(
            on: lab.internet, "--address", "203.0.113.9", "--other-address", "198.51.100.7")
    }

    private func look(_ gateway: GatewayProcess, _ options: String...) throws -> SeenWANs {
        let result = try gateway.cli(["wan", "-o", "json"] + options)
        let seen = try JSONDecoder().decode(SeenWANs.self, from: Data(result.output.utf8))
        let isWell = seen.wans.allSatisfy { $0.severity == "note" }
        #expect(result.code == (isWell ? 0 : 1), "\(result.errors)")
        return seen
    }

    /// Makes the guest a router that translates between the gateway and the internet.
    private func routerInFront(_ lab: Lab, own: String, router: String) throws {
        try lab.guest.shell(
            """
            ip link add up0 type veth peer name eth2 netns \(lab.internet.namespace)
            ip address add 192.0.3.2/24 dev up0
            ip link set up0 up
            ip address flush dev eth0 scope global
            ip address add \(router) dev eth0
            sysctl -qw net.ipv4.ip_forward=1
            nft -f - <<'RULES'
            table ip nat {
              chain out {
                type nat hook postrouting priority srcnat
                oifname "up0" masquerade
              }
            }
            RULES
            """)
        try lab.internet.shell(
            "ip address add 192.0.3.1/24 dev eth2; ip link set eth2 up")
        try lab.guest.shell("ip route replace default via 192.0.3.1")
        try lab.gateway.shell(
            """
            ip address flush dev guest0 scope global
            ip address add \(own) dev guest0
            ip route replace default via \(router.prefix { $0 != "/" }) dev guest0
            ip link set wan0 down
            """)
    }

    @Test func `a WAN that the internet sees as it is is direct`() async throws {
        try await Lab.with { lab in
            let server = try await whole(on: lab)
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.config)
            let seen = try look(gateway)
            #expect(seen.servers.map(\.endpoint) == ["203.0.113.9:3478"])
            let wan = try #require(seen.wans.first)
            #expect(wan.interface == "wan0" && seen.wans.count == 1)
            #expect(
                wan.address
                    == SeenWANs.Address(address: "203.0.113.5", kind: "documentation"))
            #expect(wan.ipv6.map(\.address) == ["2001:db8:ff::5"])
            #expect(wan.sightings.first?.seen?.hasPrefix("203.0.113.5:") == true)
            #expect(wan.verdict == "direct" && wan.nat == "none" && wan.severity == "note")
            #expect(wan.mapping?.kind == "none")
            #expect(wan.filtering?.kind == "endpoint-independent")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `several WANs are each asked by their own way`() async throws {
        try await Lab.with { lab in
            let server = try await whole(on: lab)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0", "--wan", "wan1"],
                config: "[network]\nstun = [\"203.0.113.9\"]\ngateways = { wan1 = \"192.0.2.9\" }\n"
            )
            let isRouted = try await eventually {
                try look(gateway).wans.map(\.verdict) == ["direct", "direct"]
            }
            #expect(isRouted)
            let seen = try look(gateway).wans.map {
                $0.sightings.first?.seen?.split(separator: ":")[0]
            }
            #expect(seen == ["203.0.113.5", "192.0.2.5"])
            withExtendedLifetime(server) {}
        }
    }

    static let routers: [(String, String, String, kind: String, verdict: String, nat: String)] = [
        (
            "192.168.1.20/24", "192.168.1.1/24", "exposed host", kind: "private",
            verdict: "double-nat", nat: "double-nat"
        ),
        (
            "100.64.7.5/10", "100.64.0.1/10", "tunnel", kind: "cgnat", verdict: "cgnat",
            nat: "cgnat"
        ),
        (
            "192.0.0.2/29", "192.0.0.1/29", "IPv6", kind: "ipv4-over-ipv6",
            verdict: "ipv4-over-ipv6", nat: "cgnat"
        ),
        (
            "192.0.4.2/24", "192.0.4.1/24", "ip route get", kind: "global",
            verdict: "seen-differently", nat: "unexplained"
        ),
    ]

    @Test(arguments: routers)
    func
        `behind a masquerade of Linux the address decides, and it behaves as one`(
            own: String, router: String, advice: String, kind: String, verdict: String, nat: String
        ) async throws
    {
        try await Lab.with { lab in
            try routerInFront(lab, own: own, router: router)
            let server = try await whole(on: lab)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "guest0"], config: Self.config)
            let wan = try #require(try look(gateway).wans.first)
            #expect(wan.address?.kind == kind)
            #expect(wan.sightings.first?.seen?.hasPrefix("192.0.3.2:") == true)
            #expect(wan.verdict == verdict && wan.nat == nat)
            #expect(wan.mapping?.kind == "endpoint-independent")
            #expect(wan.filtering?.kind == "address-and-port-dependent")
            #expect(wan.hairpin == false)
            #expect(wan.advice.contains(advice), "\(wan.advice)")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `two servers with one address each tell the mapping`() async throws {
        try await Lab.with { lab in
            try routerInFront(lab, own: "192.168.1.20/24", router: "192.168.1.1/24")
            let first = try await BackgroundProcess.stunServer(
                on: lab.internet, "--address", "203.0.113.9")
            let second = try await BackgroundProcess.stunServer(
                on: lab.internet, "--address", "198.51.100.7", "--port", "5000")
            let gateway = try await GatewayProcess(on: lab.gateway, options: ["--wan", "guest0"])
            let seen = try look(
                gateway, "--stun", "203.0.113.9", "--stun", "198.51.100.7:5000")
            let wan = try #require(seen.wans.first)
            #expect(wan.sightings.count == 2)
            #expect(wan.mapping?.kind == "endpoint-independent")
            #expect(wan.filtering == nil)
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test func `without a server it says what to set, with a silent one what to check`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let unasked = try look(gateway)
            #expect(unasked.servers.isEmpty)
            let wan = try #require(unasked.wans.first)
            #expect(wan.verdict == "not-asked" && wan.nat == "unknown")
            // The lab's address, which nobody outside has seen.
            #expect(wan.severity == "warning")
            #expect(
                wan.sentence.contains("for documentation and labs, which the internet does not"))
            #expect(wan.advice.contains("the address that the provider assigns"))
            #expect(wan.advice.contains("stun = ") && wan.advice.contains("--stun"))
            let silent = try look(gateway, "--stun", "203.0.113.9:9").wans.first
            #expect(silent?.verdict == "stun-silent" && silent?.severity == "warning")
            #expect(silent?.sentence.contains("for documentation") == true)
            #expect(silent?.sightings.first?.seen == nil)
            try lab.gateway.shell("ip address flush dev wan0")
            let isDown = try await eventually { try look(gateway).wans.first?.verdict == "down" }
            #expect(isDown)
        }
    }

    @Test func `IPv6 is asked for at a server that has it`() async throws {
        try await Lab.with { lab in
            let servers = [
                try await whole(on: lab),
                try await BackgroundProcess.stunServer(
                    on: lab.internet, "--address", "2001:db8:ff::9"),
            ]
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.config)
            #expect(try look(gateway).wans.first?.ipv6_verdict == "not-asked")
            let both = "203.0.113.9,[2001:db8:ff::9]:3478"
            let wan = try #require(try look(gateway, "--stun", both).wans.first)
            #expect(wan.verdict == "direct" && wan.ipv6_verdict == "direct")
            #expect(wan.sightings.count == 2)
            #expect(wan.sightings.last?.server == "[2001:db8:ff::9]:3478")
            #expect(wan.sightings.last?.seen?.hasPrefix("[2001:db8:ff::5]:") == true)
            let text = try gateway.cli("wan", "--stun", both).output
            #expect(text.contains("IPv6       works: the internet sees the WAN's own address"))
            // A translator of IPv6, which nobody should need.
            try lab.internet.shell("ip -6 route add 2001:db8:55::/64 via 2001:db8:ff::5")
            try lab.gateway.shell(
                """
                nft -f - <<'RULES'
                table ip6 t {
                  chain out {
                    type nat hook postrouting priority 100
                    oifname "wan0" udp dport 3478 snat to 2001:db8:55::7
                  }
                }
                RULES
                ip address add 2001:db8:55::7/128 dev lo
                """)
            let seen = try look(gateway, "--stun", both).wans.first
            #expect(seen?.ipv6_verdict == "seen-differently")
            try lab.gateway.shell("ip -6 address flush dev wan0 scope global")
            let isGone = try await eventually(within: 300) {
                try look(gateway, "--stun", both).wans.first?.ipv6_verdict == "none"
            }
            #expect(isGone)
            withExtendedLifetime(servers) {}
        }
    }

    @Test func `text has a line for each thing, the verdict and what to do`() async throws {
        try await Lab.with { lab in
            let server = try await whole(on: lab)
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.config)
            let lines = try gateway.done("wan").split(separator: "\n").map(String.init)
            #expect(lines.first == "wan0")
            let starts = [
                "  address    203.0.113.5 (documentation)", "  IPv6       2001:db8:ff::5",
                "  seen as    203.0.113.5:", "  NAT above  none", "  mapping    none",
                "  filtering  endpoint-independent: ", "  hairpin    not tried",
                "  upstream   no router", "  verdict    the internet sees 203.0.113.5",
                "  to do      nothing",
            ]
            for (line, start) in zip(lines.dropFirst(), starts) {
                #expect(line.hasPrefix(start), "\(line)")
            }
            #expect(lines.count == starts.count + 1)
            withExtendedLifetime(server) {}
        }
    }

    @Test(arguments: ["not a server", "192.0.2.7:0", "", "a,b,c,d,e", "192.0.2.7,"])
    func `a server that is none is refused`(server: String) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let said = try gateway.cli("wan", "--stun", server)
            #expect(said.code == 1, "\(said.output)")
            #expect(said.errors.contains("stun"))
        }
    }
}

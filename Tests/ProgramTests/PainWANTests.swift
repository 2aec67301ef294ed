import Addressing
import Synchronization
import TestKit
import Testing

/// Pains of the field on the side of the internet.
@Suite struct `Pains: the WAN` {
    @Test func `P9: a second WAN whose requests the kernel drops is named, and --fix cures it`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(
                lab, options: ["--wan", "wan0", "--wan", "wan1"])
            try lab.gateway.shell("sysctl -qw net.ipv4.conf.wan1.rp_filter=1")
            let seen = try gateway.examined()
            let found = try #require(seen["reverse-path-strict:wan1"])
            #expect(found.fix?.settings == ["net.ipv4.conf.wan1.rp_filter=2"])
            #expect(try gateway.cli("doctor", "--fix", "--yes").errors.contains("rp_filter=2"))
            #expect(try lab.gateway.shell("sysctl -n net.ipv4.conf.wan1.rp_filter") == "2\n")
            #expect(try !gateway.examined().wrong.contains("reverse-path-strict:wan1"))
            withExtendedLifetime(server) {}
        }
    }

    private func address(_ text: String, by router: String, on lab: Lab) throws {
        try lab.gateway.shell(
            """
            ip address flush dev wan0 scope global
            ip address add \(text) dev wan0
            ip route replace default via \(router) dev wan0 onlink
            """)
    }

    @Test(arguments: [
        ("100.64.7.5/10", "100.64.0.1", "wan-carrier-nat:wan0", "CGNAT"),
        ("192.168.1.20/24", "192.168.1.1", "wan-private-address:wan0", "192.168.1.1"),
    ])
    func `P11: an address that the internet does not reach is named`(
        address: String, router: String, id: String, word: String
    ) async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try self.address(address, by: router, on: lab)
            let isFound = try await eventually { try gateway.examined().wrong == [id] }
            #expect(isFound)
            #expect(try gateway.examined()[id]?.what.contains(word) == true)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P11: a public address that the internet sees as another is named`() async throws {
        try await Lab.with { lab in
            let mirror = try await STUNMirror(on: lab.internet, 3478)
            let (gateway, server) = try await GatewayProcess.withNAS(
                lab, config: "[network]\nstun = \"203.0.113.9\"\n")
            mirror.shows([203, 0, 113, 5])
            #expect(try gateway.examined().wrong.isEmpty)
            mirror.shows([198, 51, 100, 77])
            let seen = try gateway.examined()
            #expect(seen.wrong == ["wan-seen-differently:wan0"])
            #expect(seen["wan-seen-differently:wan0"]?.what.contains("198.51.100.77") == true)
            mirror.shows(nil)
            #expect(try gateway.examined()["stun-silent:wan0"] != nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P13: a WAN without an address is named, and well again when it has one`()
        async throws
    {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try lab.gateway.shell("ip link set wan0 down")
            let isFound = try await eventually {
                try gateway.examined().wrong == ["wan-without-address:wan0"]
            }
            #expect(isFound)
            try lab.gateway.shell(
                """
                ip link set wan0 up; ip route replace default via 203.0.113.9
                ip -6 address replace 2001:db8:ff::5/64 dev wan0 nodad
                """)
            #expect(try await eventually { try gateway.examined().wrong.isEmpty })
            #expect(try await reachesNAS(lab))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P20: the wrong one of two interfaces is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(
                lab, options: ["--wan", "guest0"])
            let seen = try gateway.examined()
            let found = try #require(seen["wan-swapped:guest0"])
            #expect(found.remedy.contains("--wan wan0"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `P26: a WAN that carries less than IPv6 needs is named`() async throws {
        try await Lab.with { lab in
            let (gateway, server) = try await GatewayProcess.withNAS(lab)
            try lab.gateway.shell("ip link set wan0 mtu 1400")
            #expect(try await eventually { try gateway.examined()["mtu-differs:wan0"] != nil })
            #expect(try gateway.examined().wrong.isEmpty)
            withExtendedLifetime(server) {}
        }
    }
}

/// A STUN server that says of everybody what it is told.
private final class STUNMirror: Sendable {
    private let shown = Mutex<[UInt8]?>(nil)
    private let isOver = Mutex(false)

    init(on host: Host, _ port: UInt16) async throws {
        let wire = try await Wire.listening(.udp, on: host, port)
        Thread.start { [weak self] in
            while let self, !self.isOver.withLock({ $0 }) {
                guard let (request, source) = try? wire.receiveWithSource(within: 50), let source,
                    request.count == 20, let address = self.shown.withLock({ $0 })
                else { continue }
                let cookie = Array(request[4..<8])
                let head: [UInt8] = [1, 1, 0, 12] + request[4..<20]
                // The port is XORed with the first half of the cookie; which one does not matter.
                let mapped = [0, 0x20, 0, 8, 0, 1] + cookie.prefix(2) + zip(address, cookie).map(^)
                try? wire.send(head + mapped, to: source)
            }
        }
    }

    deinit { isOver.withLock { $0 = true } }

    func shows(_ address: [UInt8]?) { shown.withLock { $0 = address } }
}

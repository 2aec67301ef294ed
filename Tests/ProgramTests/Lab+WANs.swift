import Addressing
import TestKit

extension Lab {
    /// Both WANs lead to the internet; the default route of the second has the worse metric.
    ///
    /// Each provider drops, and counts, what comes with an address of the other. The IPv6 prefix of the
    /// LAN is routed over the second.
    func connectBothWANs() throws {
        try gateway.shell(
            """
            ip addr add 2001:db8:fe::5/64 dev wan1 nodad
            ip route add default via 192.0.2.9 metric 200
            ip -6 route add default via 2001:db8:fe::9 metric 2000
            """)
        try internet.shell(
            """
            ip addr add 2001:db8:fe::9/64 dev eth1 nodad
            ip -6 route replace 2001:db8:7::/64 via 2001:db8:fe::5
            sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
                net.ipv4.conf.eth1.rp_filter=0
            nft 'add table inet providers
            add counter inet providers strays
            add chain inet providers in { type filter hook input priority 0; }
            add rule inet providers in iifname eth0 ip saddr 192.0.2.5 counter name strays drop
            add rule inet providers in iifname eth1 ip saddr 203.0.113.5 counter name strays drop
            add rule inet providers in iifname eth0 ip6 saddr 2001:db8:7::/64 \
                counter name strays drop'
            """)
    }

    /// Packets that left by the wrong WAN.
    func strays() throws -> Int {
        let words = try internet.shell("nft list counter inet providers strays")
            .split { " \n\t".contains($0) }
        let place = words.firstIndex(of: "packets")
        return place.flatMap { Int(words[$0 + 1]) } ?? -1
    }

    func gatewayWithBothWANs(
        _ network: String = "", stop: String = "keep"
    ) async throws -> GatewayProcess {
        let gateway = try await GatewayProcess(
            on: gateway, options: ["--wan", "wan0", "--wan", "wan1"],
            config: """
                [network]
                wan = ["wan0", "wan1"]
                \(network)
                [daemon]
                on_stop = "\(stop)"
                """)
        return gateway
    }

    /// Port 8443, by NAT and as a pinhole, at every WAN.
    func addForwards(to gateway: GatewayProcess) throws {
        try gateway.done("add", "8443/tcp+udp", "192.168.7.10", "--name", "nas")
        try gateway.done("add", "8443/tcp+udp", "2001:db8:7::10", "--name", "pinhole")
    }

    /// Every routing rule, and every route of every table but those of the kernel's own, in order.
    func policy() throws -> [String] {
        let text = try gateway.shell(
            """
            for f in -4 -6; do
                ip $f rule show
                ip $f route show table all | grep -v -e 'proto kernel' -e 'table local'
            done
            """)
        return text.split(separator: "\n").map { line in
            line.split(separator: " ").filter { $0 != "linkdown" }.joined(separator: " ")
        }.sorted()
    }

    /// Whether a rule leads to the table, or a route stands in it.
    func hasTable(_ number: Int) throws -> Bool {
        try policy().contains { line in
            ["lookup", "table"].contains { line.contains("\($0) \(number)") }
        }
    }

    /// Who answers at an address of the gateway's, or the device's, to a client of the internet.
    func asks(
        _ asked: String, from client: String, _ transport: TransportProtocol = .tcp,
        port: UInt16 = 8443, within limit: Int32 = 2000
    ) async throws -> String? {
        let (source, place) = (Sample.endpoint(client, 0), Sample.endpoint(asked, port))
        let wire: Wire?
        if transport == .udp {
            wire = try await Wire.udp(on: internet, from: source, to: place)
            try wire?.send([1])
        } else {
            wire = try await Wire.connected(
                on: internet, from: source, to: place, within: limit)
        }
        return try wire?.receive(within: limit).map { String(decoding: $0, as: UTF8.self) }
    }
}

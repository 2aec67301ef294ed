import Addressing
import Forwarding
import Importing
import TestKit
import Testing

@Suite struct `Files of routers and container hosts` {
    static let samples = [
        openwrt, firewalldList, firewalldZone, miniupnpd, docker, dockerHost, dockerNames,
    ]

    @Test(arguments: samples)
    func `everything is a forward or has a remark`(fixture: Fixture) throws {
        try fixture.check()
    }

    private static let openwrt = Fixture(
        name: "openwrt-firewall.txt", format: .openwrt,
        forwards: [
            "22 Web-v6 80/tcp > [2001:db8:7::10]:80 # Web v6",
            "22 Web-v6-2 443/tcp > [2001:db8:7::10]:443 # Web v6",
            "32 NAS-https 8443/tcp > 192.168.7.10:443 # NAS https",
            "42 game 27015-27030/tcp+udp > 192.168.7.20:27015-27030 allow 198.51.100.0/24 "
                + "no hairpin off",
            "71 From-the-office 8080/udp > 192.168.7.10:8080 # From the office",
        ],
        remarks: [
            .init(1...4, .section("\"defaults\"")), .init(6...10, .section("\"zone\"")),
            .init(12...14, .section("\"forwarding\"")), .init(16...20, .gatewayRule),
            .init(50...56, .condition("option limit '3/min'")), .init(58...63, .fromInside("lan")),
            .init(65...69, .sourceNAT), .init(71...77, .checkZone("office")),
            .init(77, .without("option log '1'")), .init(79...80, .include("/etc/firewall.user")),
        ])

    private static let firewalldList = Fixture(
        name: "firewalld-list.txt", format: .firewalld,
        forwards: [
            "12 tcp-80 80/tcp on eth0 > 192.168.7.10:8080",
            "14 udp-5000-5010 5000-5010/udp on eth0 > 192.168.7.11:5000-5010",
            "18 tcp-8443 8443/tcp on eth0 > 192.168.7.10:443 allow 198.51.100.0/24",
        ],
        remarks: [
            .init(6, .gatewayRule), .init(7, .gatewayRule), .init(10, .sourceNAT),
            .init(12, .checkInterface("eth0")), .init(13, .redirect),
            .init(14, .checkInterface("eth0")), .init(18, .checkInterface("eth0")),
            .init(19, .gatewayRule),
        ])

    private static let firewalldZone = Fixture(
        name: "firewalld-zone.xml", format: .firewalld,
        forwards: [
            "9 tcp-80 80/tcp on wan0 > 192.168.7.10:8080",
            "12 tcp-25 25/tcp on wan0 > [2001:db8:7::25]:25 allow 2001:db8::/32 nat6",
        ],
        remarks: [
            .init(7, .gatewayRule), .init(10, .redirect), .init(11, .sourceNAT),
            .init(16...18, .gatewayRule),
        ])

    private static let miniupnpd = Fixture(
        name: "miniupnpd-leases.txt", format: .miniupnpd, options: ImportOptions(now: Sample.now),
        forwards: [
            "1 Web-server 8080/tcp > 192.168.1.10:80 # Web server",
            "2 Xbox-Live 3074/udp > 192.168.1.20:3074 until 2100-01-01T00:00:00Z # Xbox: Live",
        ],
        remarks: [
            .init(3, .ended(Timestamp(seconds: 1_700_000_000))), .init(4, .transport("GRE")),
        ])

    private static let docker = Fixture(
        name: "docker-ps.txt", format: .docker,
        remarks: [
            .init(2, .dockerHost("8080/tcp")), .init(3, .loopback),
            .init(4, .dockerHost("27015-27017/udp")), .init(5, .notPublished),
        ])

    private static let dockerHost = Fixture(
        name: "docker-ps.txt", format: .docker,
        options: ImportOptions(dockerHost: Sample.host("192.168.7.5")),
        forwards: [
            "2 web 8080/tcp > 192.168.7.5:8080",
            "4 game-server 27015-27017/udp > 192.168.7.5:27015-27017",
        ],
        remarks: [.init(3, .loopback), .init(5, .notPublished)])

    private static let dockerNames = Fixture(
        name: "docker-ps-format.txt", format: .docker,
        options: ImportOptions(dockerHost: Sample.host("192.168.7.6")),
        forwards: ["1 web 8080/tcp > 192.168.7.6:8080"],
        remarks: [
            .init(2, .publishedAt(Sample.address("192.168.7.5"))), .init(3, .notPublished),
            .init(4, .notPublished),
        ])

    @Test func `a zone of sources is an allow-list`() {
        let file = ImportFormat.firewalld.read(
            """
            office
              sources: 198.51.100.0/24
              forward-ports: port=80:proto=tcp:toport=:toaddr=192.168.7.10
              rich rules:
                rule source address="203.0.113.9" forward-port port=81 protocol=tcp to-addr=192.168.7.1
            """)
        #expect(
            file.forwards.map(\.words) == [
                "3 tcp-80 80/tcp > 192.168.7.10:80 allow 198.51.100.0/24"
            ])
        #expect(file.remarks.map(\.said) == [.init(5, .condition("the sources of the zone"))])
    }
}

@Suite struct `A whole address` {
    @Test func `a DMZ of OpenWrt becomes an exposed host, a rule for one address one-to-one`() {
        let openwrt = ImportFormat.openwrt.read(
            """
            config redirect
            \toption name 'DMZ'
            \toption src 'wan'
            \toption proto 'all'
            \toption dest 'lan'
            \toption dest_ip '192.168.7.10'
            """)
        #expect(openwrt.forwards.map(\.words) == ["1 DMZ 1-65535/all > 192.168.7.10"])
        #expect(openwrt.remarks.map(\.reason) == [.whole])
        let iptables = ImportFormat.iptables.read(
            "-t nat -A PREROUTING -d 203.0.113.6 -j DNAT --to-destination 192.168.7.10\n")
        #expect(
            iptables.forwards.map(\.words) == ["1 all 1-65535/all at 203.0.113.6 > 192.168.7.10"])
    }
}

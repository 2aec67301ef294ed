import Addressing
import Forwarding
import Importing
import TestKit
import Testing

@Suite struct `Rules of packet filters` {
    static let samples = [iptables, ip6tables, nft]

    @Test(arguments: samples)
    func `every rule is a forward or has a remark`(fixture: Fixture) throws {
        try fixture.check()
    }

    private static let iptables = Fixture(
        name: "iptables-save.txt", format: .iptables,
        forwards: [
            "10 nas-https 8443/tcp on ppp0 > 192.168.7.10:443 # nas https",
            "11 tcp-80 80/tcp at 203.0.113.5 > 192.168.7.20:80",
            "11 tcp-443 443/tcp at 203.0.113.5 > 192.168.7.20:443",
            "11 tcp-8000-8010 8000-8010/tcp at 203.0.113.5 > 192.168.7.20:8000-8010",
            "12 udp-5000-5010 5000-5010/udp on eth1 > 192.168.7.30:6000-6010",
            "14 tcp-2222 2222/tcp > 192.168.7.10:22 allow 198.51.100.0/24",
            "21 all 1-65535/all > 192.168.7.99",
            "24 sctp-5060 5060/sctp > 192.168.7.60:5060 deny 10.0.0.0/8",
            "27 tcp-8080 8080/tcp > 172.17.0.2:80",
        ],
        remarks: [
            .init(12, .shifted), .init(12, .checkInterface("eth1")),
            .init(13, .condition("--limit 3/min")),
            .init(
                15,
                .unequalRanges(external: Sample.ports(6000, 6009), target: Sample.ports(7000))),
            .init(16, .redirect), .init(17, .fromInside("br0")), .init(19, .sourceNAT),
            .init(20, .transport("gre")), .init(21, .whole), .init(22, .taken(line: 10)),
            .init(23, .severalTargets), .init(25, .unreachedChain("UNUSED")),
            .init(26, .exception), .init(27, .notOn("docker0")), .init(30, .policy("INPUT")),
            .init(32, .forwardRule), .init(33, .gatewayRule),
        ])

    private static let ip6tables = Fixture(
        name: "ip6tables-save.txt", format: .iptables,
        forwards: [
            "3 tcp-8443 8443/tcp on wan0 > [2001:db8:7::10]:443 nat6",
            "4 udp-53 53/udp at 2001:db8:ff::5 > [2001:db8:7::53]:53 nat6",
            "9 web6 80/tcp on wan0 > [2001:db8:7::20]:80",
            "9 web6-2 443/tcp on wan0 > [2001:db8:7::20]:443",
        ],
        remarks: [
            .init(8, .policy("FORWARD")), .init(10, .forwardRule), .init(11, .forwardRule),
        ])

    private static let nft = Fixture(
        name: "nft-ruleset.txt", format: .nft,
        forwards: [
            "14 nas-https 8443/tcp on wan0 > 192.168.7.10:443 # nas https",
            "15 tcp-80 80/tcp on eth0 > 192.168.7.20:80 allow 198.51.100.0/24 allow 203.0.113.9",
            "15 tcp-443 443/tcp on eth0 > 192.168.7.20:443 allow 198.51.100.0/24 allow 203.0.113.9",
            "16 udp-5000-5010 5000-5010/udp at 203.0.113.5 > 192.168.7.30:5000-5010",
            "17 tcp-8001 8001/tcp > 192.168.7.41:80", "17 tcp-8002 8002/tcp > 192.168.7.42:80",
            "17 tcp-8003 8003/tcp > 192.168.7.43:80", "17 tcp-8004 8004/tcp > 192.168.7.44:80",
            "17 tcp-8005 8005/tcp > 192.168.7.45:80", "19 tcp-2201 2201/tcp > 192.168.7.11:22",
            "19 tcp-2202 2202/tcp > 192.168.7.12:22", "21 tcp-53 53/tcp+udp > 192.168.7.53:53",
            "28 all 1-65535/all > 192.168.7.99", "29 tcp-9000 9000/tcp > 192.168.7.90:9000",
            "33 tcp-2222 2222/tcp on wan0 > 192.168.7.10:22",
            "34 tcp-2223 2223/tcp on wan0 > 192.168.7.10:22 deny 10.0.0.0/8",
            "46 web-v6 443/tcp on wan0 > [2001:db8:7::10]:443 # web v6",
            "57 tcp-8443 8443/tcp > [2001:db8:7::10]:443 nat6",
        ],
        remarks: [
            .init(15, .checkInterface("eth0")), .init(20, .taken(line: 15)),
            .init(22, .condition("limit rate 10/minute")), .init(23, .redirect),
            .init(25, .severalTargets), .init(26, .severalInterfaces("wan0, wan1")),
            .init(27, .action("meta mark set 0x00000001")), .init(28, .whole),
            .init(39, .sourceNAT), .init(44, .policy("chain forward")), .init(45, .forwardRule),
            .init(51, .gatewayRule),
        ])

    @Test func `commands are read like what is saved of them`() throws {
        let file = ImportFormat.iptables.read(
            """
            iptables -P FORWARD DROP
            sudo iptables -t nat -A PREROUTING -i wan0 -p tcp --dport 80 -j DNAT --to 192.168.7.1
            iptables -t nat -A PREROUTING -i wan0 -p 6 --dport ssh -j DNAT \
            --to-destination 192.168.7.1
            ip6tables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [::1]:80
            """)
        #expect(file.forwards.isEmpty)
        #expect(
            file.remarks.map(\.said) == [
                .init(1, .policy("FORWARD")), .init(2, .unreadable),
                .init(3, .condition("--dport ssh")), .init(4, .unfitTarget(Sample.host("::1"))),
            ])
    }

    @Test func `rules of a chain hold what the jumps to it ask`() throws {
        let file = ImportFormat.iptables.read(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            :W - [0:0]
            :V - [0:0]
            -A PREROUTING -i wan0 -s 198.51.100.0/24 -p tcp -j W
            -A PREROUTING -i wan1 -j W
            -A W -p tcp --dport 80 -j DNAT --to-destination 192.168.7.1
            -A W -p udp -j V
            -A V -p udp --dport 53 -j DNAT --to-destination 192.168.7.2
            -A V -j W
            """)
        #expect(
            file.forwards.map(\.words) == [
                "7 tcp-80 80/tcp on wan0 > 192.168.7.1:80 allow 198.51.100.0/24",
                "7 tcp-80-2 80/tcp on wan1 > 192.168.7.1:80",
                "9 udp-53 53/udp on wan1 > 192.168.7.2:53",
            ])
        // Packets by TCP never come to a chain for UDP.
        let narrow = Reason.condition("two rules that narrow each other")
        #expect(file.remarks.map(\.said) == [.init(9, narrow)])
    }
}

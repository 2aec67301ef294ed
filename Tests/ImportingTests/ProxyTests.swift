import Importing
import TestKit
import Testing

@Suite struct `Files of proxies` {
    static let samples = [rinetd, haproxy, nginx]

    @Test(arguments: samples)
    func `everything is a forward or has a remark`(fixture: Fixture) throws {
        try fixture.check()
    }

    private static let rinetd = Fixture(
        name: "rinetd.conf", format: .rinetd,
        forwards: [
            "4 tcp-80 80/tcp > 192.168.7.10:8080 allow 192.168.2.0/24 rewritten",
            "5 udp-53 53/udp at 203.0.113.5 > 192.168.7.53:53 allow 192.168.2.0/24 "
                + "deny 192.168.2.9 rewritten",
        ],
        remarks: [
            .init(3, .setting("logfile")), .init(5, .without("[timeout=72]")),
            .init(7, .loopback), .init(8, .portName("http")),
            .init(9, .condition("allow 10.0.0.1?")), .init(10, .source("10.0.0.1?")),
        ])

    private static let haproxy = Fixture(
        name: "haproxy.cfg", format: .haproxy,
        forwards: [
            "7 web 443/tcp > 192.168.7.10:8443 rewritten",
            "14 mail 25/tcp at 203.0.113.5 > 192.168.7.25:25 rewritten",
            "14 mail-2 587/tcp at 203.0.113.5 > 192.168.7.25:25 rewritten",
            "17 many 3306/tcp > 192.168.7.31:3306 rewritten also=192.168.7.32:3306",
            "31 proxied 993/tcp > 192.168.7.40:993 rewritten proxy=v2",
            "37 range 9000-9002/tcp > 192.168.7.60:9000-9002 rewritten off",
        ],
        remarks: [
            .init(1...2, .section("\"global\"")), .init(3...5, .section("\"defaults\"")),
            .init(8, .familyMismatch), .init(9, .setting("option tcplog")),
            .init(12, .without("check")),
            .init(21...24, .application),
            .init(25...29, .condition("acl ok src 198.51.100.0/24")),
            .init(33...35, .nothingLeft), .init(34, .tls),
            .init(39...40, .section("servers of its own")),
        ])

    private static let nginx = Fixture(
        name: "nginx.conf", format: .nginx,
        forwards: [
            "14 dns 53/udp > 192.168.7.53:53 rewritten",
            "15 dns-2 53/tcp > 192.168.7.53:53 rewritten",
            "20 pool 3306/tcp > 192.168.7.31:3306 rewritten also=192.168.7.32:3306",
            "22 tcp-8443 8443/tcp at 203.0.113.5 > 192.168.7.10:443 allow 198.51.100.0/24 "
                + "rewritten",
            "28 tcp-8001 8001/tcp > unix:/run/app.sock rewritten",
            "30 tcp-8002 8002/tcp > 192.168.7.10:80 rewritten proxy=v1",
        ],
        remarks: [
            .init(1, .setting("user www-data")),
            .init(2, .include("/etc/nginx/modules-enabled/*.conf")),
            .init(3, .setting("events")), .init(4...6, .application),
            .init(14, .without("reuseport")),
            .init(16, .familyMismatch), .init(18, .setting("proxy_timeout 20s")),
            .init(27, .tls), .init(34, .variable),
        ])

    @Test(
        arguments: [
            ("server b 192.168.7.2:80", "also=192.168.7.2:80"),
            (
                "server b 192.168.7.2:80 check inter 1500 fall 5\n  balance leastconn",
                "also=192.168.7.2:80 balance=least-connections check=2s fall 5"
            ),
            ("server b unix@/run/b.sock", "also=unix:/run/b.sock"),
            ("server b 192.168.7.2:80 send-proxy", nil), ("server b 192.168.7.2:80 backup", nil),
            ("server b 192.168.7.2:80 disabled", nil), ("server b 192.168.7.2:80 ssl", nil),
        ] as [(String, String?)])
    func `several servers of HAProxy are taken where a forward has them alike`(
        server: String, terms: String?
    ) {
        let file = ImportFormat.haproxy.read(
            "listen web\n  mode tcp\n  bind :80\n  server a 192.168.7.1:80\n  \(server)\n")
        let start = "3 web 80/tcp > 192.168.7.1:80 rewritten "
        #expect(file.forwards.map(\.words) == (terms.map { [start + $0] } ?? []))
        #expect(file.remarks.isEmpty == (terms != nil))
    }

    @Test(
        arguments: [
            ("deny 198.51.100.9; allow 198.51.100.0/24; deny all;", true),
            ("deny 198.51.100.9;", true), ("allow all;", true),
            ("allow 198.51.100.0/24; deny 198.51.100.9; deny all;", false), ("deny all;", false),
            ("deny everybody;", false), ("limit_conn addr 1;", false),
        ])
    func `lists of nginx are taken where two lists can say the same`(list: String, isTaken: Bool) {
        let text = "server { listen 80; \(list) proxy_pass 192.168.7.1:80; }"
        let file = ImportFormat.nginx.read(text)
        #expect(file.forwards.count == (isTaken ? 1 : 0))
        #expect(file.remarks.count == (isTaken ? 0 : 1))
    }
}

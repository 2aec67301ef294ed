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
            "37 range 9000-9002/tcp > 192.168.7.60:9000-9002 rewritten off",
        ],
        remarks: [
            .init(1...2, .section("\"global\"")), .init(3...5, .section("\"defaults\"")),
            .init(8, .familyMismatch), .init(9, .setting("option tcplog")),
            .init(12, .without("check")), .init(16...20, .severalTargets),
            .init(21...24, .application),
            .init(25...29, .condition("acl ok src 198.51.100.0/24")),
            .init(30...32, .proxyProtocol), .init(33...35, .nothingLeft), .init(34, .tls),
            .init(39...40, .section("servers of its own")),
        ])

    private static let nginx = Fixture(
        name: "nginx.conf", format: .nginx,
        forwards: [
            "14 dns 53/udp > 192.168.7.53:53 rewritten",
            "15 dns-2 53/tcp > 192.168.7.53:53 rewritten",
            "22 tcp-8443 8443/tcp at 203.0.113.5 > 192.168.7.10:443 allow 198.51.100.0/24 "
                + "rewritten",
        ],
        remarks: [
            .init(1, .setting("user www-data")),
            .init(2, .include("/etc/nginx/modules-enabled/*.conf")),
            .init(3, .setting("events")), .init(4...6, .application),
            .init(9...12, .section("servers of its own")), .init(14, .without("reuseport")),
            .init(16, .familyMismatch), .init(18, .setting("proxy_timeout 20s")),
            .init(20, .severalTargets), .init(27, .tls), .init(28, .unixSocket),
            .init(29...33, .proxyProtocol), .init(34, .variable),
        ])

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

import Access
import Testing

@Suite struct `Web origins` {
    private static let host = "192.168.7.1:8444"

    /// What a browser says, whether a session may write, whether anybody may sign in.
    private static let cases: [(origin: String?, site: String?, isOwn: Bool, isForeign: Bool)] = [
        ("https://192.168.7.1:8444", "same-origin", true, false),
        ("https://192.168.7.1:8444", nil, true, false),
        ("HTTPS://192.168.7.1:8444", nil, true, false),
        (nil, "same-origin", true, false),
        (nil, nil, false, false),
        (nil, "none", false, false),
        (nil, "cross-site", false, true),
        (nil, "same-site", false, true),
        ("null", nil, false, true),
        ("https://evil.example", nil, false, true),
        ("https://evil.example", "same-origin", false, true),
        ("http://192.168.7.1:8444", nil, false, true),
        ("https://192.168.7.1:8445", nil, false, true),
        ("https://192.168.7.1:8444.evil.example", nil, false, true),
        ("", nil, false, true),
    ]

    @Test func `only the gateway's own page is its own`() {
        for (origin, site, isOwn, isForeign) in Self.cases {
            let said = WebOrigin(host: Self.host, origin: origin, site: site)
            #expect(said.isOwn == isOwn, "\(said)")
            #expect(said.isForeign == isForeign, "\(said)")
        }
    }

    private static let known = KnownHosts(["192.168.7.1", "2001:db8:7::1", "Gateway", "nas.lan"])

    @Test(arguments: [
        "192.168.7.1", "192.168.7.1:8444", "[2001:db8:7::1]:8444", "[2001:DB8:7:0::1]", "gateway",
        "GATEWAY:1", "gateway.:8444", "nas.lan",
    ])
    func `every spelling of a known host is known`(host: String) {
        #expect(Self.known.contains(host))
    }

    @Test(arguments: [
        "", ":8444", "evil.example", "gateway.evil.example", "192.168.7.2", "192.168.7.1:8444:1",
        "192.168.7.1@evil.example", "[2001:db8:7::1", "[2001:db8:7::1]evil", "2001:db8:7::1",
        "gateway:port", "gateway..", " gateway",
    ])
    func `every other one is not`(host: String) { #expect(!Self.known.contains(host)) }
}

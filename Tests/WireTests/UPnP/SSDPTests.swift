import Addressing
import TestKit
import Testing
import Wire

extension IGDIdentity {
    static func sample() throws -> IGDIdentity {
        try #require(
            IGDIdentity(
                gateway: "8a6f3c10-0000-4000-8000-0242ac110001",
                wan: "8a6f3c10-0000-4000-8000-0242ac110002",
                connection: "8a6f3c10-0000-4000-8000-0242ac110003", friendlyName: "PF & GW",
                manufacturer: "Example", manufacturerURL: "http://192.168.1.1/",
                modelDescription: "Port-forwarding gateway", modelName: "PFGW", modelNumber: "1",
                serialNumber: "00000001", presentationURL: "http://192.168.1.1/",
                configuration: 1337))
    }
}

@Suite struct `SSDP` {
    private static let gateway = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
    private static let u1 =
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: \(gateway)\r\n"
        + "MAN: \"ssdp:discover\"\r\nMX: 2\r\n\r\n"
    private static let u2 =
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nDATE: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        + "EXT:\r\nLOCATION: http://192.168.1.1:5000/rootDesc.xml\r\n"
        + "SERVER: Linux/6.1 UPnP/1.1 PFGW/1.0\r\nST: \(gateway)\r\n"
        + "USN: uuid:8a6f3c10-0000-4000-8000-0242ac110001::\(gateway)\r\n"
        + "OPT: \"http://schemas.upnp.org/upnp/1/0/\"; ns=01\r\n01-NLS: 1767225600\r\n"
        + "BOOTID.UPNP.ORG: 1767225600\r\nCONFIGID.UPNP.ORG: 1337\r\n\r\n"
    private static let root = "uuid:8a6f3c10-0000-4000-8000-0242ac110001::upnp:rootdevice"
    private static let u3 =
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
        + "LOCATION: http://192.168.1.1:5000/rootDesc.xml\r\n"
        + "SERVER: Linux/6.1 UPnP/1.1 PFGW/1.0\r\nNT: upnp:rootdevice\r\nUSN: \(root)\r\n"
        + "NTS: ssdp:alive\r\nBOOTID.UPNP.ORG: 1767225600\r\nCONFIGID.UPNP.ORG: 1337\r\n\r\n"
    private static let u4 =
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nUSN: \(root)\r\n"
        + "NTS: ssdp:byebye\r\nBOOTID.UPNP.ORG: 1767225600\r\nCONFIGID.UPNP.ORG: 1337\r\n\r\n"

    private static let voice = SSDPVoice(
        location: "http://192.168.1.1:5000/rootDesc.xml",
        server: "Linux/6.1 UPnP/1.1 PFGW/1.0", boot: 1_767_225_600, configuration: 1337)

    private func presence(
        _ face: IGDFace = .two, _ offer: IGDOffer = IGDOffer(includesPPP: true)
    ) throws -> SSDPPresence {
        SSDPPresence(try .sample(), face, offer)
    }

    @Test func `a search is read and asked (U1)`() {
        let search = SSDPSearch(.device(.gateway, version: 1), delay: 2)
        #expect(Self.u1.utf8.count == 137)
        #expect(SSDPSearch(Self.u1.octets) == search)
        #expect(search.bytes(to: .v4) == Self.u1.octets)
        #expect(
            SSDPSearch(.all, delay: 9).bytes(to: .v6Link).starts(
                with: "M-SEARCH * HTTP/1.1\r\nHOST: [ff02::c]:1900\r\nST: ssdp:all\r\n".octets))
    }

    @Test func `it is answered, announced and taken back (U2, U3, U4)`() throws {
        let presence = try presence()
        let asked = try #require(presence.answers(to: .device(.gateway, version: 1)).first)
        #expect(
            Self.voice.answer(asked, date: "Thu, 01 Jan 2026 00:00:00 GMT") == Self.u2.octets)
        let root = try #require(presence.announcements.first)
        #expect(Self.voice.alive(root, to: .v4) == Self.u3.octets)
        #expect(Self.voice.byebye(root, to: .v4) == Self.u4.octets)
        let update = String(decoding: Self.voice.update(root, nextBoot: 7, to: .v4), as: UTF8.self)
        #expect(update.contains("NTS: ssdp:update\r\n"))
        #expect(update.hasSuffix("NEXTBOOTID.UPNP.ORG: 7\r\n\r\n") && update.contains("LOCATION:"))
    }

    @Test func `other devices are heard (U2, U3, U4)`() throws {
        let answer = try #require(SSDPNews(Self.u2.octets))
        #expect(answer.kind == .answer && answer.target == .device(.gateway, version: 1))
        #expect(answer.location?.endpoint == Sample.endpoint("192.168.1.1", 5000))
        #expect(answer.location?.path == "/rootDesc.xml")
        #expect(SSDPNews(Self.u3.octets)?.kind == .alive)
        #expect(SSDPNews(Self.u4.octets)?.kind == .byebye)
        #expect(SSDPNews(Self.u1.octets) == nil)
        for place in ["http://router.example/x", "https://192.168.1.1/", "file:///etc/passwd", ""] {
            let bytes = Self.u2.replacing("http://192.168.1.1:5000/rootDesc.xml", with: place)
                .octets
            #expect(SSDPNews(bytes) == nil, "\(place)")
        }
        #expect(SSDPNews(Self.u2.replacing("200 OK", with: "404 No").octets) == nil)
    }

    static let searches: [(String, String, UInt8?)] = [
        ("MX: 2", "mx:3", 3), ("MX: 2", "MX: 9", 5), ("MX: 2", "MX: 0", 1), ("MX: 2", "MX: -3", 1),
        ("MX: 2", "MX: many", 1), ("MX: 2", "MX: 99999999999999999999", 5), ("MX: 2", "MX:", 1),
        ("MX: 2\r\n", "", 1), ("\r\n\r\n", "\r\n", 2), ("MAN: ", "man:\t", 2),
        ("HTTP/1.1", "HTTP/1.0", 2), ("\"ssdp:discover\"", "ssdp:discover", nil),
        ("\"ssdp:discover\"", "\"ssdp:alive\"", nil), ("MAN: \"ssdp:discover\"\r\n", "", nil),
        ("M-SEARCH", "NOTIFY", nil), ("M-SEARCH *", "M-SEARCH /", nil), ("\r\n", "\n", nil),
        ("ST: ", "ST: x", nil), ("ST: ", "XT: ", nil), ("HOST", "HOST\u{0}", nil),
        ("HOST:", "HOST", nil), ("HOST: ", "HO ST: ", nil),
        ("HOST: ", "X: \(String(repeating: "x", count: 1400))\r\nHOST: ", nil),
        ("M-SEARCH * HTTP/1.1", "", nil), ("\r\n\r\n", "", nil),
    ]

    @Test(arguments: searches)
    func `a search may be untidy, within bounds`(part: String, instead: String, delay: UInt8?) {
        let bytes = Self.u1.replacing(part, with: instead).octets
        #expect(SSDPSearch(bytes)?.delay == delay)
    }

    @Test func `the strict want MX, the lenient no quotation marks`() {
        let withoutDelay = Self.u1.replacing("MX: 2\r\n", with: "").octets
        #expect(SSDPSearch(withoutDelay, .strict) == nil)
        #expect(SSDPSearch(withoutDelay, isUnicast: true, .strict)?.delay == 1)
        #expect(SSDPSearch(Self.u1.octets, isUnicast: true)?.delay == 1)
        let bare = Self.u1.replacing("\"", with: "").octets
        #expect(SSDPSearch(bare, .compatible)?.delay == 2)
    }

    @Test func `the whole set is announced once each`() throws {
        let entries = try presence().announcements
        #expect(entries.count == 3 + 2 + 2 + 5)
        #expect(Set(entries.map(\.usn)).count == entries.count)
        #expect(entries.contains { $0.usn == "uuid:8a6f3c10-0000-4000-8000-0242ac110002" })
        #expect(try presence().answers(to: .all) == entries)
        let one = try presence(.one).announcements
        #expect(one.count == 3 + 2 + 2 + 4 && !one.contains { $0.target.text.hasSuffix(":2") })
    }

    static let answered: [(String, String?)] = [
        ("upnp:rootdevice", "0001::upnp:rootdevice"),
        ("uuid:8a6f3c10-0000-4000-8000-0242ac110003", "0003"),
        ("uuid:8A6F3C10-0000-4000-8000-0242AC110003", "0003"),
        ("uuid:8a6f3c10-0000-4000-8000-0242ac110004", nil),
        ("urn:schemas-upnp-org:device:InternetGatewayDevice:2", "0001::…"),
        ("urn:schemas-upnp-org:device:InternetGatewayDevice:1", "0001::…"),
        ("urn:schemas-upnp-org:device:InternetGatewayDevice:3", nil),
        ("urn:schemas-upnp-org:device:InternetGatewayDevice:0", nil),
        ("urn:schemas-upnp-org:device:WANDevice:1", "0002::…"),
        ("urn:schemas-upnp-org:device:WANConnectionDevice:2", "0003::…"),
        ("urn:schemas-upnp-org:service:Layer3Forwarding:1", "0001::…"),
        ("urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "0002::…"),
        ("urn:schemas-upnp-org:service:WANIPConnection:1", "0003::…"),
        ("urn:schemas-upnp-org:service:WANIPConnection:2", "0003::…"),
        ("urn:schemas-upnp-org:service:WANIPConnection:3", nil),
        ("urn:schemas-upnp-org:service:WANPPPConnection:2", nil),
        ("urn:schemas-upnp-org:service:WANIPv6FirewallControl:1", "0003::…"),
        ("urn:schemas-upnp-org:device:MediaServer:1", nil), ("ssdp:none", nil),
    ]

    @Test(arguments: answered)
    func `a search is answered as it was asked, or not at all`(text: String, end: String?) throws {
        let presence = try presence()
        let entries = SSDPTarget(text).map(presence.answers) ?? []
        #expect(entries.count == (end == nil ? 0 : 1))
        guard let end else { return }
        let usn = "uuid:8a6f3c10-0000-4000-8000-0242ac11" + end.replacing("…", with: text)
        #expect(entries.first?.usn == usn)
        #expect(entries.first?.target.text.lowercased() == text.lowercased())
    }

    @Test func `the first face has no version 2 and no firewall`() throws {
        let one = try presence(.one)
        #expect(one.answers(to: .device(.gateway, version: 2)).isEmpty)
        #expect(one.answers(to: .service(.wanIPConnection, version: 2)).isEmpty)
        #expect(one.answers(to: .service(.wanIPv6FirewallControl, version: 1)).isEmpty)
        let plain = try presence(.two, IGDOffer(includesIPv6: false))
        #expect(plain.answers(to: .service(.wanIPv6FirewallControl, version: 1)).isEmpty)
        #expect(plain.answers(to: .service(.wanPPPConnection, version: 1)).isEmpty)
    }

    @Test(arguments: Seed.batch(400))
    func `any datagram is a search with sense or silence`(seed: Seed) {
        var gen = Gen(seed)
        let bytes = gen.pick([Self.u1, Self.u2, Self.u3, Self.u4]).octets.mutated(&gen)
        if let search = SSDPSearch(bytes) {
            #expect((1...5).contains(search.delay))
            #expect(SSDPSearch(search.bytes(to: .v4)) == search)
        }
        if let news = SSDPNews(bytes) { #expect(news.location != nil || news.kind == .byebye) }
    }
}

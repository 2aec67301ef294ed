import Addressing
import TestKit
import Testing
import Wire

@Suite struct `Device descriptions` {
    private func description(
        _ face: IGDFace, _ offer: IGDOffer = IGDOffer(includesPPP: true)
    ) throws -> String {
        let document = DeviceDescription(try .sample(), face, offer)
        return String(decoding: document.bytes, as: UTF8.self)
    }

    @Test func `elements stand in the order of the schema`() throws {
        let root = try XMLElement(parsing: try description(.two).octets)
        #expect(root.attributes.last?.value == "1337")
        let gateway = try #require(root["device"])
        #expect(
            gateway.children.map(\.name.local) == [
                "deviceType", "friendlyName", "manufacturer", "manufacturerURL",
                "modelDescription", "modelName", "modelNumber", "serialNumber", "UDN",
                "serviceList", "deviceList", "presentationURL",
            ])
        #expect(gateway["friendlyName"]?.text == "PF & GW")
        let wan = try #require(gateway["deviceList"]?["device"])
        #expect(wan["UDN"]?.text == "uuid:8a6f3c10-0000-4000-8000-0242ac110002")
        let connection = try #require(wan["deviceList"]?["device"])
        #expect(connection["deviceType"]?.text.hasSuffix("WANConnectionDevice:2") == true)
        #expect(connection["serviceList"]?.children.count == 3)
    }

    @Test func `the first face has no version 2 in it`() throws {
        let text = try description(.one)
        #expect(text.contains("InternetGatewayDevice:1") && text.contains("/igd1/IPConn.xml"))
        #expect(!text.contains(":2<") && !text.contains("IPv6"))
        #expect(try !description(.two, IGDOffer(includesIPv6: false)).contains("IPv6"))
    }

    @Test func `Microsoft's programs see the first face`() {
        #expect(IGDFace(userAgent: "Microsoft-Windows/10.0 UPnP/1.0") == .one)
        #expect(IGDFace(userAgent: "FDSSDP") == .one)
        #expect(IGDFace(userAgent: "Debian/13 UPnP/1.1 MiniUPnPc/2.3") == .two)
        #expect(IGDFace(userAgent: nil) == .two)
    }

    @Test func `identities differ`() throws {
        let one = "8a6f3c10-0000-4000-8000-0242ac110001"
        for others in [(one, one), ("x", one), (one.uppercased(), one)] {
            let identity = IGDIdentity(
                gateway: one, wan: others.0, connection: others.1, friendlyName: "",
                manufacturer: "", manufacturerURL: "", modelDescription: "", modelName: "",
                modelNumber: "", serialNumber: "", presentationURL: "", configuration: 0)
            #expect(identity == nil)
        }
    }

    @Test(arguments: IGDService.allCases)
    func `paths lead back to their service`(service: IGDService) {
        #expect(IGDService(controlPath: service.controlPath) == service)
        #expect(IGDService(eventPath: service.eventPath) == service)
        #expect(IGDService(controlPath: service.eventPath) == nil)
    }

    private func router(_ text: String) throws -> RouterDescription {
        let location = try #require(LocalURL("http://192.168.1.1:5000/a/rootDesc.xml"))
        return try RouterDescription(parsing: text.octets, from: location)
    }

    @Test func `what we describe is found by our own client`() throws {
        let router = try router(try description(.two))
        #expect(router.name == "PF & GW")
        #expect(router.services.map(\.type) == IGDOffer(includesPPP: true).services(.two))
        #expect(
            router.connections.first?.control.description == "http://192.168.1.1:5000/ctl/IPConn")
        #expect(router.connections.map(\.type.service) == [.wanIPConnection, .wanPPPConnection])
        #expect(router.firewall?.control.path == "/ctl/IP6FCtl")
    }

    private func one(_ url: String, base: String = "") -> String {
        "<root>\(base)<device><deviceList><device><deviceList><device><serviceList><service>"
            + "<serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType>"
            + "<controlURL>\(url)</controlURL></service><service/></serviceList></device>"
            + "</deviceList></device></deviceList></device></root>"
    }

    static let urls: [(String, String, String?)] = [
        ("/ctl", "", "http://192.168.1.1:5000/ctl"), ("ctl", "", "http://192.168.1.1:5000/a/ctl"),
        (" /ctl?x=1#y\n", "", "http://192.168.1.1:5000/ctl?x=1"),
        ("http://192.168.1.1:49152/ctl", "", "http://192.168.1.1:49152/ctl"),
        ("ctl", "<URLBase>http://192.168.1.1:80/b/</URLBase>", "http://192.168.1.1:80/b/ctl"),
        ("ctl", "<URLBase>http://198.51.100.1/b/</URLBase>", "http://192.168.1.1:5000/a/ctl"),
        ("http://198.51.100.1/ctl", "", nil), ("https://192.168.1.1/ctl", "", nil),
        ("//198.51.100.1/ctl", "", nil), ("file:///etc/passwd", "", nil), ("", "", nil),
        ("javascript:x", "", nil), ("http://192.168.1.1@198.51.100.1/", "", nil),
        ("/a b", "", nil), ("/a\r\nX: y", "", nil),
    ]

    @Test(arguments: urls)
    func `control URLs lead to the router or nowhere`(
        url: String, base: String, found: String?
    ) throws {
        #expect(try router(one(url, base: base)).connections.first?.control.description == found)
    }

    @Test func `a description that is none is refused`() {
        #expect(throws: XMLError.syntax) { try router("<html/>") }
        #expect(throws: XMLError.documentType) { try router("<!DOCTYPE html><root/>") }
        #expect(throws: XMLError.tooLong) {
            try router("<root>\(String(repeating: " ", count: 262_144))</root>")
        }
    }

    static let hosts: [(String, Bool)] = [
        ("192.168.1.1:5000", true), (" 192.168.1.1:5000 ", true), ("[fd00::1]:5000", true),
        ("[FD00:0::1]:5000", true), ("[fd00::1%25eth0]:5000", true), ("192.168.1.1", false),
        ("192.168.1.1:80", false), ("192.168.1.2:5000", false), ("evil.example:5000", false),
        ("192.168.1.1.evil.example:5000", false), ("192.168.1.1:5000:5000", false),
        ("fd00::1:5000", false), ("[fd00::1]5000", false), ("[fd00::1:5000", false), ("", false),
        ("192.168.1.1:+5000", false), ("192.168.1.1:05000", false),
        ("192.168.1.1: 5000", false), ("192.168.1.1:٥٠٠٠", false), ("0300.0250.1.1:5000", false),
        ("[192.168.1.1]:5000", false),
    ]

    @Test(arguments: hosts)
    func `a host is one of our addresses with our port`(host: String, isOwn: Bool) {
        let own = [Sample.address("192.168.1.1"), Sample.address("fd00::1")]
        #expect(OwnLiteral.matches(host, addresses: own, port: 5000) == isOwn)
    }

    @Test(arguments: Seed.batch(300))
    func `any description leads to its own router`(seed: Seed) throws {
        var gen = Gen(seed)
        let text = gen.pick([try description(.two), one("/ctl", base: "<URLBase>/x</URLBase>")])
        let location = try #require(LocalURL("http://192.168.1.1:5000/"))
        let router = try? RouterDescription(parsing: text.octets.mutated(&gen), from: location)
        for service in router?.services ?? [] {
            #expect(service.control.endpoint.address == location.endpoint.address)
            #expect(service.control.path.hasPrefix("/"))
        }
    }
}

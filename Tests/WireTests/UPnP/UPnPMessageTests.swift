import Addressing
import TestKit
import Testing
import Wire

@Suite struct `HTTP around UPnP` {
    private static let server = "Linux/6.1 UPnP/1.1 PFGW/1.0"

    private func answer(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: text/xml; charset=\"utf-8\"\r\n"
            + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n"
            + "Server: \(Self.server)\r\nExt:\r\n\r\n" + body
    }

    @Test func `a fault has another status than a success (U7)`() {
        let fault = SOAPAnswer.fault(.conflictInMappingEntry)
        let body = fault.body
        let bytes = fault.head(length: body.count, server: Self.server).bytes + body
        #expect(bytes == answer("500 Internal Server Error", UPnPVectors.u7).octets)
        let variable = SOAPAnswer.variable("<1>")
        let head = variable.head(length: 0, server: Self.server)
        #expect(head.bytes == answer("200 OK", "").octets)
    }

    @Test func `a question is one piece (U8)`() throws {
        let url = try #require(LocalURL("http://192.168.1.1:5000/ctl/IPConn"))
        let type = try #require(IGDServiceType(urn: UPnPVectors.connection))
        let expected =
            "POST /ctl/IPConn HTTP/1.1\r\nHost: 192.168.1.1:5000\r\nContent-Length: 302\r\n"
            + "Content-Type: text/xml; charset=\"utf-8\"\r\n"
            + "SOAPAction: \"\(UPnPVectors.connection)#GetExternalIPAddress\"\r\n"
            + "Connection: close\r\n\r\n" + UPnPVectors.u8
        #expect(SOAPQuestion.externalAddress(type).bytes(to: url) == expected.octets)
    }

    static let found: [(String, String, UPnPRoute)] = [
        ("GET", "/rootDesc.xml", .deviceDescription(.two)),
        ("HEAD", "/igd1/rootDesc.xml", .deviceDescription(.one)),
        ("GET", "/IPConn.xml", .serviceDescription(IGDService.wanIPConnection.newest)),
        ("POST", "/ctl/IPConn", .control(.wanIPConnection)),
        ("SUBSCRIBE", "/evt/L3F", .events(.layer3Forwarding, .subscribe)),
        ("UNSUBSCRIBE", "/evt/IP6FCtl", .events(.wanIPv6FirewallControl, .unsubscribe)),
    ]

    @Test(arguments: found)
    func `a path leads somewhere`(method: String, path: String, route: UPnPRoute) throws {
        #expect(try UPnPRoute.find(method, path, IGDOffer()) == route)
    }

    @Test func `the first face has the first version`() throws {
        let route = try UPnPRoute.find("GET", "/igd1/IPConn.xml", IGDOffer())
        guard case .serviceDescription(let type) = route else { throw UPnPRouteRefusal.notFound }
        #expect(type.version == 1)
    }

    static let refused: [(String, String, UPnPRouteRefusal)] = [
        ("GET", "/ctl/IPConn", .notAllowed(allow: "POST")),
        ("M-POST", "/ctl/IPConn", .notAllowed(allow: "POST")),
        ("GET", "/evt/IPConn", .notAllowed(allow: "SUBSCRIBE, UNSUBSCRIBE")),
        ("POST", "/rootDesc.xml", .notAllowed(allow: "GET, HEAD")),
        ("GET", "/", .notFound), ("GET", "/../etc/passwd", .notFound),
        ("GET", "/igd1/IP6FCtl.xml", .notFound), ("POST", "/ctl/PPPConn", .notFound),
        ("DELETE", "/ctl/IPConn", .notImplemented), ("get", "/rootDesc.xml", .notImplemented),
    ]

    @Test(arguments: refused)
    func `everything else leads nowhere`(method: String, path: String, refusal: UPnPRouteRefusal) {
        #expect(throws: refusal) { try UPnPRoute.find(method, path, IGDOffer()) }
    }

    @Test(arguments: ["SSDP", "SOAP", "GENA"].flatMap(Corpus.all))
    func `the corpus says what it is`(file: Corpus) throws {
        let own = Sample.address("192.168.1.1")
        switch file.bytes.first {
        case UInt8(ascii: "<"), 0xef, UInt8(ascii: "\""):
            let root = try? XMLElement(parsing: file.bytes)
            #expect((root != nil) == (file.kind != "bad"))
        case UInt8(ascii: "S"), UInt8(ascii: "U"):
            let head = try #require(MessageHead(datagram: file.bytes))
            let method = GENARequest.Method(rawValue: String(head.start.prefix { $0 != " " }))
            let request = try? GENARequest.read(
                try #require(method), head, from: Sample.address("192.168.1.50"), own: [own])
            let isOurs = OwnLiteral.matches(head["host"] ?? "", addresses: [own], port: 5000)
            #expect((request != nil && isOurs) == (file.kind == "good"))
        default:
            let isRead = SSDPSearch(file.bytes) != nil || SSDPNews(file.bytes) != nil
            #expect(isRead == (file.kind == "good"))
        }
    }
}

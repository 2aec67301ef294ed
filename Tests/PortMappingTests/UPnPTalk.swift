import Addressing
import Forwarding
import Logging
import TestKit
import Wire

@testable import PortMapping

/// Control points that speak to a site without sockets.
struct UPnPTalk {
    let desk: UPnPDesk
    let site: UPnPSite
    static let port: UInt16 = 5000
    static let secret: [UInt8] = Array(1...16)

    init(
        _ desk: UPnPDesk = UPnPDesk(), listsAll: Bool = false, isFirst: Bool = false,
        changes: Double? = nil
    ) {
        self.desk = desk
        var limits = UPnPLimits.standard
        limits.changes = changes
        let settings = MappingSettings(
            dialects: [.upnp], upnpPort: Self.port, isAlwaysFirstVersion: isFirst,
            listsAll: listsAll)
        let terms = UPnPTerms(secret: Self.secret, limits: limits)
        let server = UPnPServer(
            settings, terms, desk: desk,
            reading: { _ in
                LinkReading(
                    speed: 10_000_000_000, bytesReceived: (UInt64(5) << 32) + 7, bytesSent: 11,
                    packetsReceived: 3, packetsSent: 2)
            }, log: Logger(label: "test"))
        guard let server else { preconditionFailure("no server") }
        site = server.site
    }

    static let lan = LAN(
        interface: Sample.interface("br0"),
        addresses: [Sample.address("192.168.1.1"), Sample.address("2001:db8:1::1")],
        prefixes: [Sample.prefix("192.168.1.0/24"), Sample.prefix("2001:db8:1::/64")])

    static func caller(_ host: String) -> UPnPCaller {
        UPnPCaller(source: Sample.endpoint(host, 40_000), lan: lan)
    }

    func request(
        _ method: String, _ path: String, _ fields: [(name: String, value: String)] = [],
        host: String? = "192.168.1.1:5000", body: String = "", isOld: Bool = false,
        from source: String = "192.168.1.10"
    ) async -> WebResponse {
        let hosts = host.map { [(name: "Host", value: $0)] } ?? []
        return await site.respond(
            to: WebRequest(
                method, path, isOld: isOld, hosts + fields, body: Array(body.utf8),
                from: Self.caller(source)))
    }

    static func envelope(
        _ action: String, _ type: String, _ arguments: [(String, String)] = []
    ) -> String {
        let inside = arguments.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
            + "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            + "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>"
            + "<u:\(action) xmlns:u=\"\(type)\">\(inside)</u:\(action)></s:Body></s:Envelope>\r\n"
    }

    /// Calls an action of a service in a version.
    func call(
        _ action: String, _ service: IGDService = .wanIPConnection, version: UInt8 = 1,
        _ arguments: [(String, String)] = [], from source: String = "192.168.1.10"
    ) async -> Answer {
        let type = "urn:schemas-upnp-org:service:\(service.rawValue):\(version)"
        let response = await request(
            "POST", service.controlPath, [("SOAPAction", "\"\(type)#\(action)\"")],
            body: Self.envelope(action, type, arguments), from: source)
        return Answer(response)
    }

    func add(
        _ external: Int = 51_413, to client: String = "192.168.1.10", _ internal: Int? = nil,
        _ transport: String = "TCP", version: UInt8 = 1, lease: Int = 0, remote: String = "",
        action: String = "AddPortMapping", from source: String = "192.168.1.10"
    ) async -> Answer {
        await call(
            action, version: version,
            [
                ("NewRemoteHost", remote), ("NewExternalPort", "\(external)"),
                ("NewProtocol", transport), ("NewInternalPort", "\(`internal` ?? external)"),
                ("NewInternalClient", client), ("NewEnabled", "1"),
                ("NewPortMappingDescription", "Transmission at \(external)"),
                ("NewLeaseDuration", "\(lease)"),
            ], from: source)
    }

    struct Answer {
        let response: WebResponse

        init(_ response: WebResponse) { self.response = response }

        var text: String { String(decoding: response.body, as: UTF8.self) }
        var isSuccess: Bool { response.status == 200 }
        var code: Int? { self["errorCode"].flatMap { Int($0) } }

        /// The text of an element.
        subscript(_ name: String) -> String? {
            guard let start = text.firstRange(of: "<\(name)>"),
                let end = text[start.upperBound...].firstRange(of: "</\(name)>")
            else { return nil }
            return String(text[start.upperBound..<end.lowerBound])
        }
    }
}

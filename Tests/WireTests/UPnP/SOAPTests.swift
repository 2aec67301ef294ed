import Addressing
import TestKit
import Testing
import Wire

@Suite struct `SOAP calls` {
    private static let type = IGDService.wanIPConnection.newest

    private func request(
        _ action: String, _ arguments: String, version: Int = 1,
        at service: IGDService = .wanIPConnection
    ) throws -> IGDRequest {
        let urn = "urn:schemas-upnp-org:service:\(service.rawValue):\(version)"
        let body = UPnPVectors.message(action, urn, arguments)
        return try read(body, "\"\(urn)#\(action)\"", at: service)
    }

    private func read(
        _ body: String, _ header: String, at service: IGDService = .wanIPConnection
    ) throws -> IGDRequest {
        let header = try #require(SOAPActionHeader(header))
        guard case .call(let call) = try SOAPRequest.read(body.octets, header, at: service) else {
            throw SOAPRefusal.badRequest(nil)
        }
        do throws(UPnPError) {
            return try IGDRequest(call)
        } catch { throw SOAPRefusal.fault(error) }
    }

    private static let transmission = PortMappingEntry(
        PortMappingKey(externalPort: 51413, transport: .tcp), to: .sample("192.168.1.10"), 51413,
        description: "Transmission at 51413", lease: 0)

    @Test func `a mapping of Transmission (U5)`() throws {
        #expect(UPnPVectors.u5.utf8.count == 622)
        let read = try read(UPnPVectors.u5, "\"\(UPnPVectors.connection)#AddPortMapping\"")
        guard case .addPortMapping(let mapping) = read else { throw SOAPRefusal.badRequest(nil) }
        #expect(mapping.key == Self.transmission.key)
        #expect(mapping.internalClient == .sample("192.168.1.10"))
        #expect(mapping.internalPort == 51413 && mapping.isEnabled && mapping.lease == 0)
        #expect(mapping.description == "Transmission at 51413")
    }

    @Test func `is asked of another router in the same bytes (U5, U8, U10)`() throws {
        let type = try #require(IGDServiceType(urn: UPnPVectors.connection))
        let add = SOAPQuestion.add(Self.transmission, type)
        #expect(add.body == UPnPVectors.u5.octets)
        #expect(add.header.text == "\"\(UPnPVectors.connection)#AddPortMapping\"")
        #expect(SOAPQuestion.externalAddress(type).body == UPnPVectors.u8.octets)
        #expect(UPnPVectors.u8.utf8.count == 302)
        let flow = PinholeFlow(
            internalClient: .sample("2001:db8:1::10"), internalPort: 8080, transport: .tcp)
        #expect(SOAPQuestion.addPinhole(flow, lease: 3600).body == UPnPVectors.u10.octets)
        #expect(UPnPVectors.u10.utf8.count == 469)
        let asked = try read(
            UPnPVectors.u10, "\(UPnPVectors.firewall)#AddPinhole", at: .wanIPv6FirewallControl)
        #expect(asked == .addPinhole(flow, lease: 3600))
    }

    @Test func `every liberty at once (U16)`() throws {
        #expect(UPnPVectors.u16.utf8.count == 0x141)
        let header = " '\(UPnPVectors.connection)#DeletePortMapping' "
        #expect(
            try read(UPnPVectors.u16, header)
                == .deletePortMapping(PortMappingKey(externalPort: 3074, transport: .udp)))
    }

    @Test func `external entities are refused unread (U17)`() {
        #expect(throws: SOAPRefusal.badRequest(.documentType)) {
            try read(UPnPVectors.u17, "\(UPnPVectors.connection)#GetExternalIPAddress")
        }
    }

    @Test func `the header has to name what the body calls`() {
        #expect(throws: SOAPRefusal.fault(.invalidAction)) {
            try read(UPnPVectors.u8, "\(UPnPVectors.connection)#ForceTermination")
        }
        #expect(throws: SOAPRefusal.fault(.invalidAction)) {
            try read(UPnPVectors.u8, "\(UPnPVectors.firewall)#GetExternalIPAddress")
        }
        #expect(throws: SOAPRefusal.fault(.invalidAction)) {
            try read(
                UPnPVectors.u8, "\(UPnPVectors.firewall)#GetExternalIPAddress",
                at: .wanIPv6FirewallControl)
        }
    }

    @Test func `the namespace may be missing, and may not be another service's`() throws {
        let header = "urn:schemas-upnp-org:service:WANPPPConnection:1#GetExternalIPAddress"
        #expect(throws: SOAPRefusal.fault(.invalidAction)) {
            try read(UPnPVectors.u8, header, at: .wanPPPConnection)
        }
        for other in ["", "urn:schemas-upnp-org:service:WANPPPConnection:2", "x"] {
            let body = UPnPVectors.u8.replacing(UPnPVectors.connection, with: other)
            #expect(try read(body, header, at: .wanPPPConnection) == .getExternalIPAddress)
            #expect(throws: SOAPRefusal.fault(.invalidAction), "at the URL of another") {
                try read(body, header, at: .wanIPConnection)
            }
        }
    }

    @Test func `versions may be mixed, and the header's is echoed`() throws {
        let header = try #require(
            SOAPActionHeader("urn:schemas-upnp-org:service:WANIPConnection:2#GetExternalIPAddress"))
        let read = try SOAPRequest.read(UPnPVectors.u8.octets, header, at: .wanIPConnection)
        guard case .call(let call) = read else { throw SOAPRefusal.badRequest(nil) }
        #expect(call.type.version == 2)
        #expect(
            SOAPAnswer.success(call, outputs: .externalAddress(nil)).body
                == UPnPVectors.message(
                    "GetExternalIPAddressResponse",
                    "urn:schemas-upnp-org:service:WANIPConnection:2",
                    "<NewExternalIPAddress></NewExternalIPAddress>"
                ).octets)
    }

    @Test func `actions of version 2 are unknown to version 1`() {
        #expect(throws: SOAPRefusal.fault(.invalidAction)) {
            try request("AddAnyPortMapping", UPnPVectors.mapping())
        }
        #expect(throws: SOAPRefusal.fault(.optionalActionNotImplemented)) {
            try request("RequestTermination", "")
        }
        #expect(throws: SOAPRefusal.fault(.invalidAction)) { try request("Reboot", "") }
    }

    static let badMappings: [(String, String, SOAPRefusal)] = [
        ("TCP", "ICMP", .fault(.invalidArguments)),
        (">51413</NewExternalPort>", ">65536</NewExternalPort>", .fault(.invalidArguments)),
        (">51413</NewExternalPort>", ">-1</NewExternalPort>", .fault(.invalidArguments)),
        (">51413</NewExternalPort>", ">+1</NewExternalPort>", .fault(.invalidArguments)),
        (">51413</NewExternalPort>", "></NewExternalPort>", .fault(.invalidArguments)),
        (
            ">51413</NewExternalPort>", ">18446744073709551617</NewExternalPort>",
            .fault(.invalidArguments)
        ),
        ("192.168.1.10", "console.lan", .fault(.invalidArguments)),
        ("192.168.1.10", "192.168.1.010", .fault(.invalidArguments)),
        ("<NewRemoteHost>", "<NewRemoteHost>host.example", .fault(.invalidArguments)),
        (">1</NewEnabled>", ">maybe</NewEnabled>", .fault(.invalidArguments)),
        (">0</NewLeaseDuration>", ">4294967296</NewLeaseDuration>", .fault(.invalidArguments)),
        ("Transmission", String(repeating: "A", count: 5000), .badRequest(.textTooLong)),
        ("Transmission", String(repeating: "A", count: 65536), .badRequest(.tooLong)),
        ("Transmission", "a\u{1}b", .badRequest(.character)),
        ("Transmission", "a&#1;b", .badRequest(.characterReference)),
    ]

    @Test(arguments: badMappings)
    func `arguments of the wrong kind are refused`(
        part: String, instead: String, refusal: SOAPRefusal
    ) throws {
        let body = UPnPVectors.u5.replacing(part, with: instead)
        #expect(body != UPnPVectors.u5)
        #expect(throws: refusal) {
            try read(body, "\(UPnPVectors.connection)#AddPortMapping")
        }
    }

    static let wildcards: [(String, String, Int, UPnPError)] = [
        (
            ">51413</NewExternalPort>", ">0</NewExternalPort>", 1,
            .wildCardNotPermittedInExternalPort
        ),
        (
            ">51413</NewExternalPort>", ">0</NewExternalPort>", 2,
            .wildCardNotPermittedInExternalPort
        ),
        (">51413</NewInternalPort>", ">0</NewInternalPort>", 1, .invalidArguments),
        (
            ">51413</NewInternalPort>", ">0</NewInternalPort>", 2,
            .wildCardNotPermittedInInternalPort
        ),
    ]

    @Test(arguments: wildcards)
    func `ports of 0 have their own errors`(
        part: String, instead: String, version: Int, error: UPnPError
    ) {
        let arguments = UPnPVectors.mapping().replacing(part, with: instead)
        #expect(throws: SOAPRefusal.fault(error)) {
            try request("AddPortMapping", arguments, version: version)
        }
    }

    @Test func `what old programs leave out has a meaning`() throws {
        let read = try request(
            "AddPortMapping",
            "<NewExternalPort>7</NewExternalPort><NewProtocol> tcp</NewProtocol>"
                + "<NewRemoteHost>*</NewRemoteHost><NewInternalPort>8</NewInternalPort>"
                + "<NewInternalClient> </NewInternalClient><Other>9</Other>"
                + "<NewInternalPort>x</NewInternalPort>")
        guard case .addPortMapping(let mapping) = read else { throw SOAPRefusal.badRequest(nil) }
        #expect(mapping.key == PortMappingKey(externalPort: 7, transport: .tcp))
        #expect(mapping.internalClient == nil && mapping.isEnabled && mapping.lease == 0)
        #expect(mapping.internalPort == 8 && mapping.description.isEmpty)
    }

    @Test func `a description is cut to 64 characters without line ends`() throws {
        let long = "a\nb\tc" + String(repeating: "ü", count: 100)
        let arguments = UPnPVectors.mapping().replacing("Transmission at 51413", with: long)
        guard case .addPortMapping(let mapping) = try request("AddPortMapping", arguments) else {
            throw SOAPRefusal.badRequest(nil)
        }
        #expect(mapping.description == "abc" + String(repeating: "ü", count: 61))
    }

    @Test func `any external port may be wanted of version 2`() throws {
        for wanted in ["*", "0", ""] {
            let arguments = UPnPVectors.mapping().replacing(
                ">51413</NewExternalPort>", with: ">\(wanted)</NewExternalPort>")
            let read = try request("AddAnyPortMapping", arguments, version: 2)
            guard case .addAnyPortMapping(let mapping) = read else {
                throw SOAPRefusal.badRequest(nil)
            }
            #expect(mapping.key.externalPort == 0)
        }
    }

    @Test func `a range has a beginning and an end`() throws {
        let range = { (first: Int, last: Int) in
            "<NewStartPort>\(first)</NewStartPort><NewEndPort>\(last)</NewEndPort>"
                + "<NewProtocol>UDP</NewProtocol><NewManage>yes</NewManage>"
        }
        #expect(throws: SOAPRefusal.fault(.inconsistentParameters)) {
            try request("DeletePortMappingRange", range(6000, 5000), version: 2)
        }
        #expect(
            try request("DeletePortMappingRange", range(5000, 6000), version: 2)
                == .deletePortMappingRange(
                    PortMappingRange(
                        ports: 5000...6000, transport: .udp, includesOthers: true)))
    }

    static let pinholes: [(String, String, UPnPError)] = [
        (">6<", ">65535<", .protocolWildcardingNotAllowed), (">6<", ">1<", .protocolNotSupported),
        (">8080<", ">0<", .internalPortWildcardingNotAllowed),
        (">2001:db8:1::10<", "><", .wildCardNotPermittedInPinholeSource),
        (">2001:db8:1::10<", ">*<", .wildCardNotPermittedInPinholeSource),
        (">2001:db8:1::10<", ">192.0.2.1<", .invalidArguments),
        (">3600<", ">0<", .invalidArguments), (">3600<", ">86401<", .invalidArguments),
    ]

    @Test(arguments: pinholes)
    func `a pinhole has no wildcards inside`(part: String, instead: String, error: UPnPError) {
        let body = UPnPVectors.u10.replacing(part, with: instead)
        #expect(throws: SOAPRefusal.fault(error)) {
            try read(
                body, "\(UPnPVectors.firewall)#AddPinhole", at: .wanIPv6FirewallControl)
        }
    }

    @Test func `a state variable is asked for in the old way`() throws {
        let header = try #require(
            SOAPActionHeader("\"urn:schemas-upnp-org:control-1-0#QueryStateVariable\""))
        let body = UPnPVectors.message(
            "QueryStateVariable", "urn:schemas-upnp-org:control-1-0",
            "<u:varName>ConnectionStatus</u:varName>")
        #expect(
            try SOAPRequest.read(body.octets, header, at: .wanIPConnection)
                == .query(variable: "ConnectionStatus"))
    }
}

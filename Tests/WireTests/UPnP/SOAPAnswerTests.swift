import Addressing
import TestKit
import Testing
import Wire

@Suite struct `SOAP answers` {
    private func call(_ body: String, _ header: String, _ service: IGDService) throws -> SOAPCall {
        let header = try #require(SOAPActionHeader(header))
        guard case .call(let call) = try SOAPRequest.read(body.octets, header, at: service) else {
            throw SOAPRefusal.badRequest(nil)
        }
        return call
    }

    @Test func `are those of the vectors (U6, U7, U9, U11)`() throws {
        let add = try call(
            UPnPVectors.u5, "\(UPnPVectors.connection)#AddPortMapping", .wanIPConnection)
        #expect(SOAPAnswer.success(add, outputs: .none).body == UPnPVectors.u6.octets)
        #expect(UPnPVectors.u6.utf8.count == 306)
        #expect(SOAPAnswer.fault(.conflictInMappingEntry).body == UPnPVectors.u7.octets)
        #expect(UPnPVectors.u7.utf8.count == 448)
        let address = try call(
            UPnPVectors.u8, "\(UPnPVectors.connection)#GetExternalIPAddress", .wanIPConnection)
        let outputs = IGDOutputs.externalAddress(.sample("203.0.113.5"))
        #expect(SOAPAnswer.success(address, outputs: outputs).body == UPnPVectors.u9.octets)
        #expect(UPnPVectors.u9.utf8.count == 374)
        let pinhole = try call(
            UPnPVectors.u10, "\(UPnPVectors.firewall)#AddPinhole", .wanIPv6FirewallControl)
        #expect(SOAPAnswer.success(pinhole, outputs: .uniqueID(7)).body == UPnPVectors.u11.octets)
        #expect(UPnPVectors.u11.utf8.count == 327)
        #expect(SOAPAnswer.fault(.actionFailed).status == 500)
        #expect(SOAPAnswer.variable("x").status == 200)
    }

    @Test func `of another router are understood (U6, U7, U9, U11)`() throws {
        let type = try #require(IGDServiceType(urn: UPnPVectors.connection))
        let key = PortMappingKey(externalPort: 51413, transport: .tcp)
        let add = SOAPQuestion.add(
            PortMappingEntry(
                key, to: .sample("192.168.1.10"), 51413, description: "x", lease: 0), type)
        try SOAPReply(UPnPVectors.u6.octets, to: add).confirm()
        let refused = try SOAPReply(UPnPVectors.u7.octets, to: add)
        let fault = SOAPFaultSample.conflict
        #expect(throws: SOAPReplyError.self) { try refused.confirm() }
        guard case .fault(let said) = refused else { throw SOAPReplyError.otherElement }
        #expect(said.code == 718 && said.text == fault && said.meaning == .conflictInMappingEntry)
        let address = try SOAPReply(UPnPVectors.u9.octets, to: .externalAddress(type))
        #expect(try address.externalAddress() == .sample("203.0.113.5"))
        let flow = PinholeFlow(
            internalClient: .sample("2001:db8:1::10"), internalPort: 8080, transport: .tcp)
        let pinhole = try SOAPReply(
            UPnPVectors.u11.octets, to: .addPinhole(flow, lease: 3600))
        #expect(try pinhole.uniqueID() == 7)
        #expect(throws: SOAPReplyError.argument("NewReservedPort")) { try address.reservedPort() }
        #expect(throws: SOAPReplyError.otherElement) {
            try SOAPReply(UPnPVectors.u6.octets, to: .externalAddress(type))
        }
    }

    private enum SOAPFaultSample {
        static let conflict = "ConflictInMappingEntry"
    }

    private static let entry = PortMappingEntry(
        PortMappingKey(remoteHost: .sample("198.51.100.7"), externalPort: 80, transport: .udp),
        to: .sample("192.168.1.2"), 81, isEnabled: false, description: "<&\"'>]]>", lease: 60)

    /// One of each, for the action that says it.
    static let outputs: [(IGDService, String, IGDOutputs)] = [
        (.layer3Forwarding, "GetDefaultConnectionService", .defaultConnectionService("x")),
        (
            .wanCommonInterfaceConfig, "GetCommonLinkProperties",
            .linkProperties(IGDLinkProperties(.ethernet, upstream: 1, downstream: 2, link: .up))
        ),
        (.wanCommonInterfaceConfig, "GetTotalBytesSent", .total(.max)),
        (.wanIPConnection, "GetConnectionTypeInfo", .connectionTypeInfo),
        (.wanIPConnection, "GetStatusInfo", .status(.connected, .none, uptime: 5)),
        (.wanIPConnection, "GetNATRSIPStatus", .natStatus),
        (.wanIPConnection, "GetExternalIPAddress", .externalAddress(nil)),
        (.wanIPConnection, "GetGenericPortMappingEntry", .genericEntry(entry)),
        (.wanIPConnection, "GetSpecificPortMappingEntry", .specificEntry(entry)),
        (.wanIPConnection, "AddAnyPortMapping", .reservedPort(5)),
        (.wanIPConnection, "GetListOfPortMappings", .listing([entry])),
        (
            .wanIPv6FirewallControl, "GetFirewallStatus",
            .firewallStatus(isEnabled: true, arePinholesAllowed: false)
        ),
        (.wanIPv6FirewallControl, "GetOutboundPinholeTimeout", .outboundTimeout(300)),
        (.wanIPv6FirewallControl, "AddPinhole", .uniqueID(1)),
        (.wanIPv6FirewallControl, "GetPinholePackets", .packets(1)),
        (.wanIPv6FirewallControl, "CheckPinholeWorking", .isWorking(true)),
    ]

    @Test(arguments: outputs)
    func `have a value of the right type for each output`(
        service: IGDService, action: String, outputs: IGDOutputs
    ) throws {
        let type = service.newest
        guard case .offered(let found) = type.action(action) else {
            throw UPnPError.invalidAction
        }
        let body = found.sampleBody(type)
        let call = try call(body, "\(type.urn)#\(action)", service)
        _ = try IGDRequest(call)
        let answer = try XMLElement(parsing: SOAPAnswer.success(call, outputs: outputs).body)
        let values = try #require(answer["Body"]?.children.first).children
        #expect(values.map(\.name.local) == found.outputs.map(\.name))
        for (value, output) in zip(values, found.outputs) {
            #expect(type.variable(output.variable)?.admits(value.text) == true, "\(output.name)")
        }
    }

    @Test(arguments: IGDService.allCases)
    func `every action of the table is a request of its own`(service: IGDService) throws {
        for version in 1...service.newestVersion {
            let type = try #require(IGDServiceType(service, version: version))
            let requests = try type.actions.map { action in
                try IGDRequest(
                    self.call(action.sampleBody(type), "\(type.urn)#\(action.name)", service))
            }
            #expect(Set(requests).count == type.actions.count)
        }
    }

    @Test(arguments: IGDService.allCases)
    func `an argument that is left out has a meaning or is missed`(service: IGDService) throws {
        let type = service.newest
        for action in type.actions {
            for input in action.inputs {
                let body = action.sampleBody(type, without: input.name)
                let header = "\(type.urn)#\(action.name)"
                guard input.otherwise == nil else {
                    _ = try IGDRequest(try call(body, header, service))
                    continue
                }
                #expect(
                    throws: SOAPRefusal.fault(.invalidArguments), "\(action.name) \(input.name)"
                ) {
                    try call(body, header, service)
                }
            }
        }
    }

    @Test func `a mapping that is told is read again`() throws {
        let type = IGDService.wanIPConnection.newest
        let question = SOAPQuestion.genericEntry(index: 3, type)
        let header = question.header.text
        let call = try call(
            String(decoding: question.body, as: UTF8.self), header, .wanIPConnection)
        #expect(try IGDRequest(call) == .getGenericPortMappingEntry(index: 3))
        let body = SOAPAnswer.success(call, outputs: .genericEntry(Self.entry)).body
        #expect(try SOAPReply(body, to: question).genericEntry() == Self.entry)
    }

    @Test func `a list of mappings is a document within the document`() throws {
        let text = PortMappingListing.text([Self.entry])
        let list = try XMLElement(parsing: text.octets)
        #expect(list.namespace == "urn:schemas-upnp-org:gw:WANIPConnection")
        let entry = try #require(list.children.first)
        #expect(
            entry.children.map(\.name.local) == [
                "NewRemoteHost", "NewExternalPort", "NewProtocol", "NewInternalPort",
                "NewInternalClient", "NewEnabled", "NewDescription", "NewLeaseTime",
            ])
        #expect(entry["NewDescription"]?.text == "<&\"'>]]>")
        #expect(PortMappingListing.text([]).hasSuffix("-v2.xsd\"></p:PortMappingList>"))
    }
}

extension IGDAction {
    /// A call with arguments that pass.
    func sampleBody(_ type: IGDServiceType, without missing: String = "") -> String {
        let arguments = inputs.filter { $0.name != missing }.map {
            "<\($0.name)>\($0.sample)</\($0.name)>"
        }
        return UPnPVectors.message(name, type.urn, arguments.joined())
    }
}

extension IGDArgument {
    fileprivate var sample: String {
        switch name {
        case "NewProtocol": "UDP"
        case "NewInternalClient", "NewRemoteHost": "192.168.1.2"
        case "InternalClient", "RemoteHost": "2001:db8::1"
        case "Protocol": "17"
        default: "1"
        }
    }
}

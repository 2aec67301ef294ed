import TestKit
import Testing
import Wire

@Suite struct `The words of a gateway device` {
    static let types = IGDService.allCases.flatMap { service in
        (1...service.newestVersion).compactMap { IGDServiceType(service, version: $0) }
    }

    @Test(arguments: types)
    func `every argument has a variable`(type: IGDServiceType) {
        for action in type.actions {
            for argument in action.inputs + action.outputs {
                #expect(type.variable(argument.variable) != nil, "\(action.name) \(argument.name)")
                if let otherwise = argument.otherwise {
                    #expect(type.variable(argument.variable)?.admits(otherwise) == true)
                }
            }
        }
        #expect(IGDServiceType(urn: type.urn) == type)
        #expect(Set(type.actions.map(\.name)).count == type.actions.count)
    }

    @Test func `versions and names that nobody has are none`() {
        let start = "urn:schemas-upnp-org:service:"
        for text in [
            "", start, "\(start)WANIPConnection", "\(start)WANIPConnection:0",
            "\(start)WANIPConnection:3", "\(start)WANIPConnection:1:1",
            "\(start)WANIPConnection:256",
            "\(start)Layer3Forwarding:2", "\(start)wanipconnection:1", "\(start)WANIPConnection:+1",
        ] { #expect(IGDServiceType(urn: text) == nil, "\(text)") }
    }

    @Test(arguments: IGDService.allCases)
    func `a number and its service say which error it is`(service: IGDService) {
        for error in UPnPError.allCases where error.isSaid(by: service) {
            #expect(UPnPError(code: error.code, from: service) == error)
        }
        #expect(UPnPError(code: 799, from: service) == nil)
    }

    static let codes: [(UInt16, IGDService, String)] = [
        (703, .wanIPConnection, "InactiveConnectionStateRequired"),
        (703, .wanIPv6FirewallControl, "InboundPinholeNotAllowed"),
        (704, .wanIPConnection, "ConnectionSetupFailed"),
        (704, .wanIPv6FirewallControl, "NoSuchEntry"),
        (708, .wanIPv6FirewallControl, "WildCardNotPermittedInSrcIP"),
        (713, .wanCommonInterfaceConfig, "SpecifiedArrayIndexInvalid"),
        (714, .wanPPPConnection, "NoSuchEntryInArray"),
        (720, .layer3Forwarding, "InvalidDeviceUUID"), (402, .layer3Forwarding, "Invalid Args"),
        (606, .wanIPConnection, "Action not authorized"),
        (733, .wanIPConnection, "InconsistentParameters"),
    ]

    @Test(arguments: codes)
    func `the same number is another error elsewhere`(
        code: UInt16, service: IGDService, text: String
    ) {
        #expect(UPnPError(code: code, from: service)?.description == text)
    }

    @Test func `every error is said by some service`() {
        for error in UPnPError.allCases {
            #expect(IGDService.allCases.contains { error.isSaid(by: $0) }, "\(error)")
        }
    }

    @Test(arguments: types)
    func `the description of a service is made of the same table`(type: IGDServiceType) throws {
        let root = try XMLElement(
            parsing: type.description, limits: .description)
        #expect(root.namespace == "urn:schemas-upnp-org:service-1-0")
        #expect(
            root.children.map(\.name.local) == ["specVersion", "actionList", "serviceStateTable"])
        let actions = try #require(root["actionList"]).children
        #expect(actions.map { $0["name"]?.text } == type.actions.map(\.name))
        let variables = try #require(root["serviceStateTable"]).children
        #expect(variables.map { $0["name"]?.text } == type.variables.map(\.name))
        for (element, action) in zip(actions, type.actions) {
            let arguments = element["argumentList"]?.children ?? []
            #expect(
                arguments.map { $0["direction"]?.text }
                    == action.inputs.map { _ in "in" } + action.outputs.map { _ in "out" })
        }
    }

    @Test func `version 1 shows nothing of version 2`() throws {
        let one = try #require(IGDServiceType(.wanIPConnection, version: 1))
        let text = String(decoding: one.description, as: UTF8.self)
        for word in ["AddAny", "Range<", "ListOf", "SystemUpdateID", "A_ARG_TYPE"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(
            one.eventedVariables.map(\.name) == [
                "PossibleConnectionTypes", "ConnectionStatus", "ExternalIPAddress",
                "PortMappingNumberOfEntries",
            ])
        #expect(IGDService.wanIPConnection.newest.eventedVariables.count == 5)
    }

    static let numbers: [(String, UInt16?)] = [
        ("0", 0), (" 65535\r\n", 65535), ("\t007", 7), ("65536", nil), ("-1", nil), ("+1", nil),
        ("", nil), (" ", nil), ("1 2", nil), ("0x10", nil), ("1.0", nil), ("1e3", nil), ("٣", nil),
        ("99999999999999999999999999", nil),
    ]

    @Test(arguments: numbers)
    func `a number is digits`(text: String, number: UInt16?) {
        #expect(UPnPNumber.read(text) == number)
    }

    @Test func `a boolean is one of six words`() {
        for text in ["1", "true", "YES", " True "] { #expect(UPnPNumber.readBoolean(text) == true) }
        for text in ["0", "false", "No"] { #expect(UPnPNumber.readBoolean(text) == false) }
        for text in ["", "2", "on", "-1"] { #expect(UPnPNumber.readBoolean(text) == nil) }
    }

    static let headers: [(String, String?)] = [
        ("\"urn:a#B\"", "B"), ("'urn:a#B'", "B"), ("urn:a#B", "B"), ("  \"urn:a#B\"  ", "B"),
        ("\"urn:a#B", "B"), ("urn:a#B\"", "B"), ("\"", nil), ("\"\"", nil), ("'", nil), ("", nil),
        ("#", nil), ("\"#\"", nil), ("urn:a#", nil), ("#B", nil), ("urn:a", nil), ("a#b#c", nil),
        (String(repeating: "a", count: 256) + "#b", nil),
    ]

    @Test(arguments: headers)
    func `SOAPAction has quotation marks or none`(text: String, action: String?) {
        let header = SOAPActionHeader(text)
        #expect(header?.action == action && (header == nil || header?.type == "urn:a"))
    }
}

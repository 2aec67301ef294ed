/// A call that we make to another router.
package struct SOAPQuestion: Hashable, Sendable {
    package let type: IGDServiceType
    package let action: String
    package let arguments: [SOAPArgument]

    package var header: SOAPActionHeader { SOAPActionHeader(type: type.urn, action: action) }
    package var body: [UInt8] { SOAPEnvelope.message(action, type.urn, arguments) }

    /// With the names that the service's description gives the arguments.
    private init(_ type: IGDServiceType, _ name: String, _ values: [String] = []) {
        let action = type.service.actions.first { $0.name == name }
        (self.type, self.action) = (type, name)
        arguments = zip(action?.inputs ?? [], values).map { SOAPArgument($0.name, $1) }
    }

    package static func externalAddress(_ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "GetExternalIPAddress")
    }

    package static func status(_ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "GetStatusInfo")
    }

    package static func add(_ entry: PortMappingEntry, _ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "AddPortMapping", entry.values)
    }

    /// Version 2 only: the router may choose another external port.
    package static func addAny(_ entry: PortMappingEntry, _ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "AddAnyPortMapping", entry.values)
    }

    package static func delete(_ key: PortMappingKey, _ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "DeletePortMapping", key.values)
    }

    package static func specificEntry(
        _ key: PortMappingKey, _ type: IGDServiceType
    ) -> SOAPQuestion {
        SOAPQuestion(type, "GetSpecificPortMappingEntry", key.values)
    }

    package static func genericEntry(index: UInt16, _ type: IGDServiceType) -> SOAPQuestion {
        SOAPQuestion(type, "GetGenericPortMappingEntry", ["\(index)"])
    }

    package static let firewallStatus = SOAPQuestion(firewall, "GetFirewallStatus")

    /// - Parameter lease: in seconds, 1 to 86400.
    package static func addPinhole(_ flow: PinholeFlow, lease: UInt32) -> SOAPQuestion {
        SOAPQuestion(firewall, "AddPinhole", flow.values + ["\(lease)"])
    }

    package static func updatePinhole(id: UInt16, lease: UInt32) -> SOAPQuestion {
        SOAPQuestion(firewall, "UpdatePinhole", ["\(id)", "\(lease)"])
    }

    package static func deletePinhole(id: UInt16) -> SOAPQuestion {
        SOAPQuestion(firewall, "DeletePinhole", ["\(id)"])
    }

    private static let firewall = IGDService.wanIPv6FirewallControl.newest
}

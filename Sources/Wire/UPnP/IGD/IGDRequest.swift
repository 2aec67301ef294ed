/// A call with arguments that mean something: every action that is offered.
package enum IGDRequest: Hashable, Sendable {
    // Layer3Forwarding.
    case setDefaultConnectionService(String)
    case getDefaultConnectionService
    // WANCommonInterfaceConfig.
    case getCommonLinkProperties
    case getTotal(IGDCounter)
    // WANIPConnection.
    case setConnectionType
    case getConnectionTypeInfo
    case requestConnection
    case forceTermination
    case getStatusInfo
    case getNATRSIPStatus
    case getExternalIPAddress
    case getGenericPortMappingEntry(index: UInt16)
    case getSpecificPortMappingEntry(PortMappingKey)
    case addPortMapping(PortMappingRequest)
    case addAnyPortMapping(PortMappingRequest)
    case deletePortMapping(PortMappingKey)
    case deletePortMappingRange(PortMappingRange)
    /// 0 for as many as there are.
    case getListOfPortMappings(PortMappingRange, most: UInt16)
    // WANIPv6FirewallControl.
    case getFirewallStatus
    case getOutboundPinholeTimeout(PinholeFlow)
    case addPinhole(PinholeFlow, lease: UInt32)
    case updatePinhole(id: UInt16, lease: UInt32)
    case deletePinhole(id: UInt16)
    case getPinholePackets(id: UInt16)
    case checkPinholeWorking(id: UInt16)
}

package enum IGDCounter: String, Hashable, Sendable, CaseIterable {
    case bytesSent = "GetTotalBytesSent"
    case bytesReceived = "GetTotalBytesReceived"
    case packetsSent = "GetTotalPacketsSent"
    case packetsReceived = "GetTotalPacketsReceived"
}

extension IGDRequest {
    package init(_ call: SOAPCall) throws(UPnPError) {
        switch call.type.service {
        case .layer3Forwarding: self = try Self.layer3(call)
        case .wanCommonInterfaceConfig: self = try Self.common(call)
        case .wanIPConnection, .wanPPPConnection: self = try Self.connection(call)
        case .wanIPv6FirewallControl: self = try Self.firewall(call)
        }
    }

    private static func layer3(_ call: SOAPCall) throws(UPnPError) -> IGDRequest {
        switch call.action.name {
        case "GetDefaultConnectionService": return .getDefaultConnectionService
        case "SetDefaultConnectionService":
            return .setDefaultConnectionService(call.value("NewDefaultConnectionService"))
        default: throw .invalidAction
        }
    }

    private static func common(_ call: SOAPCall) throws(UPnPError) -> IGDRequest {
        if let counter = IGDCounter(rawValue: call.action.name) { return .getTotal(counter) }
        guard call.action.name == "GetCommonLinkProperties" else { throw .invalidAction }
        return .getCommonLinkProperties
    }

    private static func connection(_ call: SOAPCall) throws(UPnPError) -> IGDRequest {
        switch call.action.name {
        case "SetConnectionType": return .setConnectionType
        case "GetConnectionTypeInfo": return .getConnectionTypeInfo
        case "RequestConnection": return .requestConnection
        case "ForceTermination": return .forceTermination
        case "GetStatusInfo": return .getStatusInfo
        case "GetNATRSIPStatus": return .getNATRSIPStatus
        case "GetExternalIPAddress": return .getExternalIPAddress
        case "GetGenericPortMappingEntry":
            return .getGenericPortMappingEntry(index: call.number("NewPortMappingIndex"))
        case "GetSpecificPortMappingEntry":
            return .getSpecificPortMappingEntry(try PortMappingKey(call))
        case "DeletePortMapping": return .deletePortMapping(try PortMappingKey(call))
        case "DeletePortMappingRange":
            return .deletePortMappingRange(try PortMappingRange(call))
        case "GetListOfPortMappings":
            return .getListOfPortMappings(
                try PortMappingRange(call), most: call.number("NewNumberOfPorts"))
        case "AddPortMapping":
            let mapping = try PortMappingRequest(call)
            guard mapping.key.externalPort != 0 else { throw .wildCardNotPermittedInExternalPort }
            return .addPortMapping(mapping)
        case "AddAnyPortMapping": return .addAnyPortMapping(try PortMappingRequest(call))
        default: throw .invalidAction
        }
    }

    private static func firewall(_ call: SOAPCall) throws(UPnPError) -> IGDRequest {
        let id: UInt16 = call.number("UniqueID")
        switch call.action.name {
        case "GetFirewallStatus": return .getFirewallStatus
        case "GetOutboundPinholeTimeout":
            return .getOutboundPinholeTimeout(try PinholeFlow(call))
        case "AddPinhole":
            return .addPinhole(try PinholeFlow(call), lease: try lease(call.number("LeaseTime")))
        case "UpdatePinhole":
            return .updatePinhole(id: id, lease: try lease(call.number("NewLeaseTime")))
        case "DeletePinhole": return .deletePinhole(id: id)
        case "GetPinholePackets": return .getPinholePackets(id: id)
        case "CheckPinholeWorking": return .checkPinholeWorking(id: id)
        default: throw .invalidAction
        }
    }

    private static func lease(_ seconds: UInt32) throws(UPnPError) -> UInt32 {
        guard (1...86_400).contains(seconds) else { throw .invalidArguments }
        return seconds
    }
}

import Addressing
import Forwarding
import Wire

/// State variables: asked for one by one, and told to subscribers.
extension IGDControl {
    /// Everything that a service tells, in the order of its description.
    func eventedValues(of type: IGDServiceType, for host: IPAddress) async -> [SOAPArgument] {
        var values: [SOAPArgument] = []
        for variable in type.eventedVariables {
            if let value = await value(of: variable.name, for: host) {
                values.append(SOAPArgument(variable.name, value))
            }
        }
        return values
    }

    /// Nil for what is no variable that has a value.
    func value(of name: String, for host: IPAddress) async -> String? {
        switch name {
        case "PossibleConnectionTypes", "ConnectionType": "IP_Routed"
        case "RSIPAvailable": "0"
        case "NATEnabled", "InboundPinholeAllowed": "1"
        case "DefaultConnectionService": defaultConnection
        case "PhysicalLinkStatus": await linkStatus()
        case "WANAccessType": IGDLinkProperties.Access.ethernet.rawValue
        case "PortMappingNumberOfEntries":
            "\(UInt16(clamping: await shelf.book().count(for: viewer(host))))"
        case "SystemUpdateID": "\(shelf.updates)"
        case "TotalBytesSent", "TotalBytesReceived", "TotalPacketsSent", "TotalPacketsReceived":
            await IGDCounter(rawValue: "Get\(name)").asyncMap {
                "\(UInt32(truncatingIfNeeded: await total($0)))"
            }
        default: await standingValue(of: name)
        }
    }

    private func standingValue(of name: String) async -> String? {
        let standing = await desk.standing()
        return switch name {
        case "ConnectionStatus": standing.connectionStatus.rawValue
        case "ExternalIPAddress": standing.v4?.description ?? ""
        case "FirewallEnabled": UPnPNumber.text(standing.guarded)
        case "Uptime": "\(standing.uptime)"
        case "LastConnectionError":
            (standing.isConnected ? UPnPConnectionError.none : .noCarrier).rawValue
        default: nil
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async -> Result) async -> Result? {
        guard let self else { return nil }
        return await body(self)
    }
}

/// WANIPConnection 1 and 2; WANPPPConnection is served as another name of the first.
extension IGDService {
    private static let protocolArgument = IGDArgument("NewProtocol", "PortMappingProtocol")
    private static let enabled = IGDArgument("NewEnabled", "PortMappingEnabled", otherwise: "1")
    private static let lease = IGDArgument(
        "NewLeaseDuration", "PortMappingLeaseDuration", otherwise: "0")
    private static let remoteHost = IGDArgument.new("RemoteHost", otherwise: "")
    private static let text = IGDArgument.new("PortMappingDescription", otherwise: "")

    private static let key = [remoteHost, .new("ExternalPort"), protocolArgument]

    /// An empty client is the one that asks.
    private static let mapping =
        key + [
            .new("InternalPort"), .new("InternalClient", otherwise: ""), enabled, text, lease,
        ]

    private static let range = [
        IGDArgument("NewStartPort", "ExternalPort"), IGDArgument("NewEndPort", "ExternalPort"),
        protocolArgument, IGDArgument("NewManage", "A_ARG_TYPE_Manage", otherwise: "0"),
    ]

    static let connectionActions = [
        IGDAction("SetConnectionType", in: [.new("ConnectionType")]),
        IGDAction(
            "GetConnectionTypeInfo", out: [.new("ConnectionType"), .new("PossibleConnectionTypes")]),
        IGDAction("RequestConnection"),
        IGDAction("ForceTermination"),
        IGDAction(
            "GetStatusInfo",
            out: [.new("ConnectionStatus"), .new("LastConnectionError"), .new("Uptime")]),
        IGDAction("GetNATRSIPStatus", out: [.new("RSIPAvailable"), .new("NATEnabled")]),
        IGDAction(
            "GetGenericPortMappingEntry",
            in: [IGDArgument("NewPortMappingIndex", "PortMappingNumberOfEntries")], out: mapping),
        IGDAction("GetSpecificPortMappingEntry", in: key, out: Array(mapping[3...])),
        IGDAction("AddPortMapping", in: mapping),
        IGDAction("DeletePortMapping", in: key),
        IGDAction("GetExternalIPAddress", out: [.new("ExternalIPAddress")]),
        IGDAction("DeletePortMappingRange", in: range, since: 2),
        IGDAction(
            "GetListOfPortMappings",
            in: range + [
                IGDArgument("NewNumberOfPorts", "PortMappingNumberOfEntries", otherwise: "0")
            ],
            out: [IGDArgument("NewPortListing", "A_ARG_TYPE_PortListing")], since: 2),
        IGDAction(
            "AddAnyPortMapping",
            in: [remoteHost, .new("ExternalPort", otherwise: "0")] + mapping[2...],
            out: [IGDArgument("NewReservedPort", "ExternalPort")], since: 2),
    ]

    static let connectionVariables = [
        IGDVariable(
            "ConnectionType", .string, preset: "IP_Routed",
            .values(["Unconfigured", "IP_Routed", "IP_Bridged"])),
        IGDVariable(
            "PossibleConnectionTypes", .string, evented: true,
            .values(["Unconfigured", "IP_Routed", "IP_Bridged"])),
        IGDVariable(
            "ConnectionStatus", .string, evented: true,
            .values(UPnPConnectionStatus.allCases.map(\.rawValue))),
        IGDVariable("Uptime", .ui4),
        IGDVariable(
            "LastConnectionError", .string, .values(UPnPConnectionError.allCases.map(\.rawValue))),
        IGDVariable("RSIPAvailable", .boolean),
        IGDVariable("NATEnabled", .boolean),
        IGDVariable("ExternalIPAddress", .string, evented: true),
        IGDVariable("PortMappingNumberOfEntries", .ui2, evented: true),
        IGDVariable("PortMappingEnabled", .boolean),
        IGDVariable("PortMappingLeaseDuration", .ui4, .range(0...604_800)),
        IGDVariable("RemoteHost", .string),
        IGDVariable("ExternalPort", .ui2),
        IGDVariable("InternalPort", .ui2, .range(1...65_535)),
        IGDVariable("PortMappingProtocol", .string, .values(["TCP", "UDP"])),
        IGDVariable("InternalClient", .string),
        IGDVariable("PortMappingDescription", .string),
        IGDVariable("SystemUpdateID", .ui4, evented: true, since: 2),
        IGDVariable("A_ARG_TYPE_Manage", .boolean, since: 2),
        IGDVariable("A_ARG_TYPE_PortListing", .string, since: 2),
    ]
}

/// The values of `ConnectionStatus`.
package enum UPnPConnectionStatus: String, Hashable, Sendable, CaseIterable {
    case unconfigured = "Unconfigured"
    case connecting = "Connecting"
    case connected = "Connected"
    case pendingDisconnect = "PendingDisconnect"
    case disconnecting = "Disconnecting"
    case disconnected = "Disconnected"
}

/// The values of `LastConnectionError`.
package enum UPnPConnectionError: String, Hashable, Sendable, CaseIterable {
    case none = "ERROR_NONE"
    case commandAborted = "ERROR_COMMAND_ABORTED"
    case notEnabledForInternet = "ERROR_NOT_ENABLED_FOR_INTERNET"
    case userDisconnect = "ERROR_USER_DISCONNECT"
    case ispDisconnect = "ERROR_ISP_DISCONNECT"
    case idleDisconnect = "ERROR_IDLE_DISCONNECT"
    case forcedDisconnect = "ERROR_FORCED_DISCONNECT"
    case noCarrier = "ERROR_NO_CARRIER"
    case ipConfiguration = "ERROR_IP_CONFIGURATION"
    case unknown = "ERROR_UNKNOWN"
}

extension IGDService {
    var actions: [IGDAction] {
        switch self {
        case .layer3Forwarding: Self.layer3Actions
        case .wanCommonInterfaceConfig: Self.commonActions
        case .wanIPConnection: Self.connectionActions
        case .wanPPPConnection: Self.pppActions
        case .wanIPv6FirewallControl: Self.firewallActions
        }
    }

    var variables: [IGDVariable] {
        switch self {
        case .layer3Forwarding: Self.layer3Variables
        case .wanCommonInterfaceConfig: Self.commonVariables
        case .wanIPConnection: Self.connectionVariables
        case .wanPPPConnection: Self.pppVariables
        case .wanIPv6FirewallControl: Self.firewallVariables
        }
    }

    /// What the specifications have beyond that.
    var actionsNotOffered: Set<String> {
        switch self {
        case .layer3Forwarding, .wanIPv6FirewallControl: []
        case .wanCommonInterfaceConfig:
            [
                "SetEnabledForInternet", "GetEnabledForInternet", "GetWANAccessProvider",
                "GetMaximumActiveConnections", "GetActiveConnections",
            ]
        case .wanIPConnection: Self.timeoutActions
        case .wanPPPConnection:
            Self.timeoutActions.union([
                "ConfigureConnection", "GetLinkLayerMaxBitRates", "GetPPPEncryptionProtocol",
                "GetPPPCompressionProtocol", "GetPPPAuthenticationProtocol", "GetUserName",
                "GetPassword",
            ])
        }
    }

    /// Another name of WANIPConnection 1.
    private static let pppActions = connectionActions.filter { $0.since == 1 }
    private static let pppVariables = connectionVariables.filter { $0.since == 1 }

    private static let timeoutActions: Set<String> = [
        "RequestTermination", "SetAutoDisconnectTime", "GetAutoDisconnectTime",
        "SetIdleDisconnectTime", "GetIdleDisconnectTime", "SetWarnDisconnectDelay",
        "GetWarnDisconnectDelay",
    ]

    private static let layer3Actions = [
        IGDAction("SetDefaultConnectionService", in: [.new("DefaultConnectionService")]),
        IGDAction("GetDefaultConnectionService", out: [.new("DefaultConnectionService")]),
    ]

    private static let layer3Variables = [
        IGDVariable("DefaultConnectionService", .string, evented: true)
    ]

    private static let commonActions = [
        IGDAction(
            "GetCommonLinkProperties",
            out: [
                .new("WANAccessType"), .new("Layer1UpstreamMaxBitRate"),
                .new("Layer1DownstreamMaxBitRate"), .new("PhysicalLinkStatus"),
            ]),
        IGDAction("GetTotalBytesSent", out: [.new("TotalBytesSent")]),
        IGDAction("GetTotalBytesReceived", out: [.new("TotalBytesReceived")]),
        IGDAction("GetTotalPacketsSent", out: [.new("TotalPacketsSent")]),
        IGDAction("GetTotalPacketsReceived", out: [.new("TotalPacketsReceived")]),
    ]

    private static let commonVariables = [
        IGDVariable("WANAccessType", .string, .values(["DSL", "POTS", "Cable", "Ethernet"])),
        IGDVariable("Layer1UpstreamMaxBitRate", .ui4),
        IGDVariable("Layer1DownstreamMaxBitRate", .ui4),
        IGDVariable(
            "PhysicalLinkStatus", .string, evented: true,
            .values(["Up", "Down", "Initializing", "Unavailable"])),
        IGDVariable("TotalBytesSent", .ui4),
        IGDVariable("TotalBytesReceived", .ui4),
        IGDVariable("TotalPacketsSent", .ui4),
        IGDVariable("TotalPacketsReceived", .ui4),
    ]
}

/// WANIPv6FirewallControl 1, whose arguments have no `New` in front.
extension IGDService {
    private static func argument(_ name: String, _ type: String) -> IGDArgument {
        IGDArgument(name, "A_ARG_TYPE_\(type)")
    }

    private static let id = argument("UniqueID", "UniqueID")
    private static let lease = "LeaseTime"

    private static let flow = [
        IGDArgument("RemoteHost", "A_ARG_TYPE_IPv6Address", otherwise: ""),
        argument("RemotePort", "Port"), argument("InternalClient", "IPv6Address"),
        argument("InternalPort", "Port"), argument("Protocol", "Protocol"),
    ]

    static let firewallActions = [
        IGDAction(
            "GetFirewallStatus",
            out: [
                IGDArgument("FirewallEnabled", "FirewallEnabled"),
                IGDArgument("InboundPinholeAllowed", "InboundPinholeAllowed"),
            ]),
        IGDAction(
            "GetOutboundPinholeTimeout", in: flow,
            out: [argument("OutboundPinholeTimeout", "OutboundPinholeTimeout")]),
        IGDAction("AddPinhole", in: flow + [argument(lease, lease)], out: [id]),
        IGDAction("UpdatePinhole", in: [id, argument("NewLeaseTime", lease)]),
        IGDAction("DeletePinhole", in: [id]),
        IGDAction(
            "GetPinholePackets", in: [id], out: [argument("PinholePackets", "PinholePackets")]),
        IGDAction("CheckPinholeWorking", in: [id], out: [argument("IsWorking", "Boolean")]),
    ]

    static let firewallVariables = [
        IGDVariable("FirewallEnabled", .boolean, evented: true),
        IGDVariable("InboundPinholeAllowed", .boolean, evented: true),
        IGDVariable("A_ARG_TYPE_OutboundPinholeTimeout", .ui4),
        IGDVariable("A_ARG_TYPE_IPv6Address", .string),
        IGDVariable("A_ARG_TYPE_Port", .ui2),
        IGDVariable("A_ARG_TYPE_Protocol", .ui2),
        IGDVariable("A_ARG_TYPE_LeaseTime", .ui4, .range(1...86_400)),
        IGDVariable("A_ARG_TYPE_UniqueID", .ui2),
        IGDVariable("A_ARG_TYPE_PinholePackets", .ui4),
        IGDVariable("A_ARG_TYPE_Boolean", .boolean),
    ]
}

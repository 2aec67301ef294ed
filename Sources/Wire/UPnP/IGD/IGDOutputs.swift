package import Addressing

/// What an action that succeeds has to say.
package enum IGDOutputs: Hashable, Sendable {
    case none
    case defaultConnectionService(String)
    case linkProperties(IGDLinkProperties)
    /// Told modulo 2^32: control points compute differences.
    case total(UInt64)
    case connectionTypeInfo
    case status(UPnPConnectionStatus, UPnPConnectionError, uptime: UInt32)
    case natStatus
    /// Nil when there is none.
    case externalAddress(IPv4Address?)
    case genericEntry(PortMappingEntry)
    case specificEntry(PortMappingEntry)
    case reservedPort(UInt16)
    case listing([PortMappingEntry])
    case firewallStatus(isEnabled: Bool, arePinholesAllowed: Bool)
    /// In seconds.
    case outboundTimeout(UInt32)
    case uniqueID(UInt16)
    case packets(UInt64)
    case isWorking(Bool)

    /// In the order of the action's description.
    var values: [String] {
        switch self {
        case .none: []
        case .defaultConnectionService(let service): [service]
        case .linkProperties(let properties): properties.values
        case .total(let number), .packets(let number): ["\(UInt32(truncatingIfNeeded: number))"]
        case .connectionTypeInfo: ["IP_Routed", "IP_Routed"]
        case .status(let status, let error, let uptime):
            [status.rawValue, error.rawValue, "\(uptime)"]
        case .natStatus: ["0", "1"]
        case .externalAddress(let address): [address?.description ?? ""]
        case .genericEntry(let entry): entry.values
        case .specificEntry(let entry): Array(entry.values[3...])
        case .reservedPort(let port): ["\(port)"]
        case .listing(let entries): [PortMappingListing.text(entries)]
        case .firewallStatus(let isEnabled, let areAllowed):
            [UPnPNumber.text(isEnabled), UPnPNumber.text(areAllowed)]
        case .outboundTimeout(let seconds): ["\(seconds)"]
        case .uniqueID(let id): ["\(id)"]
        case .isWorking(let works): [UPnPNumber.text(works)]
        }
    }
}

/// What the link to the internet is.
package struct IGDLinkProperties: Hashable, Sendable {
    package var access: Access
    /// In bits a second; what does not fit is told as 2^32-1.
    package var upstream: UInt64
    package var downstream: UInt64
    package var link: Link

    package enum Access: String, Hashable, Sendable, CaseIterable {
        case dsl = "DSL"
        case pots = "POTS"
        case cable = "Cable"
        case ethernet = "Ethernet"
    }

    package enum Link: String, Hashable, Sendable, CaseIterable {
        case up = "Up"
        case down = "Down"
        case initializing = "Initializing"
        case unavailable = "Unavailable"
    }

    package init(_ access: Access, upstream: UInt64, downstream: UInt64, link: Link) {
        (self.access, self.upstream, self.downstream) = (access, upstream, downstream)
        self.link = link
    }

    var values: [String] {
        [
            access.rawValue, "\(UInt32(clamping: upstream))", "\(UInt32(clamping: downstream))",
            link.rawValue,
        ]
    }
}

/// The document that `GetListOfPortMappings` answers with, as the text of an argument.
package enum PortMappingListing {
    private static let namespace = "urn:schemas-upnp-org:gw:WANIPConnection"
    private static let schema = "http://www.upnp.org/schemas/gw/WANIPConnection-v2.xsd"
    /// Two of them are called otherwise than the arguments are.
    private static let names = [
        "NewRemoteHost", "NewExternalPort", "NewProtocol", "NewInternalPort", "NewInternalClient",
        "NewEnabled", "NewDescription", "NewLeaseTime",
    ]

    package static func text(_ entries: [PortMappingEntry]) -> String {
        var writer = XMLWriter()
        writer.element(
            "p:PortMappingList",
            [
                ("xmlns:p", namespace), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
                ("xsi:schemaLocation", "\(namespace) \(schema)"),
            ]
        ) { list in
            for entry in entries {
                list.element("p:PortMappingEntry") { element in
                    for (name, value) in zip(names, entry.values) {
                        element.element("p:\(name)", value)
                    }
                }
            }
        }
        return writer.text
    }
}

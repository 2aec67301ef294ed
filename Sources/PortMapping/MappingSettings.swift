package import Addressing
package import Forwarding

/// How devices are served.
package struct MappingSettings: Hashable, Sendable {
    package var dialects: Set<MappingDialect>
    /// Where they are heard; empty for every inside interface.
    package var interfaces: [InterfaceName]
    /// Whether one device may ask for another.
    package var hasManagers: Bool
    /// Where the descriptions and the control of UPnP are.
    package var upnpPort: UInt16
    /// Whether everybody is shown the first version of the gateway device.
    package var isAlwaysFirstVersion: Bool
    /// Whether a device of UPnP is shown the mappings of others, too.
    package var listsAll: Bool

    package init(
        dialects: Set<MappingDialect>, interfaces: [InterfaceName] = [], hasManagers: Bool = false,
        upnpPort: UInt16 = 49_000, isAlwaysFirstVersion: Bool = false, listsAll: Bool = false
    ) {
        self.dialects = dialects
        self.interfaces = interfaces
        self.hasManagers = hasManagers
        self.upnpPort = upnpPort
        self.isAlwaysFirstVersion = isAlwaysFirstVersion
        self.listsAll = listsAll
    }
}

/// An inside interface on which devices are heard.
package struct LAN: Hashable, Sendable {
    package var interface: InterfaceName
    /// The gateway's own addresses there.
    package var addresses: [IPAddress]
    package var prefixes: [Prefix]

    /// Whether a request from `source` may have come from a device of this network.
    package func holds(_ source: IPAddress) -> Bool {
        prefixes.contains { $0.contains(source) } && !addresses.contains(source)
    }
}

extension MappingSettings {
    /// The networks to serve, by the names of their interfaces.
    package func lans(in network: NetworkView) -> [LAN] {
        let inside = network.insideInterfaces.filter {
            !network.isWAN($0) && (interfaces.isEmpty || interfaces.contains($0))
        }
        return inside.sorted().compactMap { interface in
            let links = network.links.filter { $0.interface == interface }
            guard !links.isEmpty else { return nil }
            return LAN(
                interface: interface, addresses: links.map(\.address),
                prefixes: links.map(\.prefix))
        }
    }
}

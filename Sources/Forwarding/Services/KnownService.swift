package import Addressing

/// A service that people know by a name, and how it fares on the open internet.
package struct KnownService: Hashable, Sendable {
    /// What can be written on the command line: lower case, the first is the usual one.
    package let names: [String]
    package let title: String
    /// The ports that a forward of the service needs, the main one first.
    package let ports: [ServicePorts]
    package let risk: Risk
    /// Why the risk is what it is, in a few words.
    package let reason: String
    /// What to do rather than open it.
    package let instead: String

    package init(
        _ names: [String], _ title: String, _ ports: [ServicePorts], _ risk: Risk,
        _ reason: String, instead: String
    ) {
        self.names = names
        self.title = title
        self.ports = ports
        self.risk = risk
        self.reason = reason
        self.instead = instead
    }

    package enum Risk: String, Hashable, Sendable {
        /// Fine when the service is current and asks who one is.
        case fine
        /// Only for known addresses, or through a tunnel.
        case allowList
        /// Not on the internet.
        case never
    }
}

/// Ports of a service in one transport, or both.
package struct ServicePorts: Hashable, Sendable {
    package let first: UInt16
    package let last: UInt16
    package let transports: Transports

    package init(_ first: UInt16, _ last: UInt16, _ transports: Transports) {
        self.first = first
        self.last = last
        self.transports = transports
    }

    package init(_ port: UInt16, _ transports: Transports) {
        self.init(port, port, transports)
    }

    package var range: PortRange? { PortRange(first, last) }
}

extension ServiceCatalogue {
    package static func service(named name: String) -> KnownService? {
        let name = name.lowercased()
        return all.first { $0.names.contains(name) }
    }

    /// The services of `catalogue` that live on any of the ports.
    ///
    /// A range of more than 100 ports says nothing about one service, so it is not looked up.
    package static func services(
        at ports: PortRange, _ transports: Transports, _ catalogue: [KnownService]
    ) -> [KnownService] {
        guard ports.count <= 100 else { return [] }
        return catalogue.filter { service in
            service.ports.contains { entry in
                (entry.range?.overlaps(ports) ?? false)
                    && entry.transports.all.contains { transports.contains($0) }
            }
        }
    }
}

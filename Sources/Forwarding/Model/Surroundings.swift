package import Addressing

/// What the machine looks like around the table: facts that were observed, never decided.
package struct Surroundings: Hashable, Sendable {
    package var network: NetworkView
    /// Where followed targets are at the moment; one that was never found is absent.
    package var resolved: [TargetHost: ResolvedTarget]
    package var listeners: [Listener]
    package var zones: TimeZones
    /// What forwards can be carried by.
    package var engines: AvailableEngines
    /// What devices may ask for.
    package var leasing: Leasing

    package init(
        network: NetworkView = NetworkView(), resolved: [TargetHost: ResolvedTarget] = [:],
        listeners: [Listener] = [], zones: TimeZones = TimeZones(),
        engines: AvailableEngines = .both, leasing: Leasing = Leasing()
    ) {
        self.network = network
        self.resolved = resolved
        self.listeners = listeners
        self.zones = zones
        self.engines = engines
        self.leasing = leasing
    }

    package func addresses(of host: TargetHost) -> ResolvedTarget? {
        switch host {
        case .address(let address): ResolvedTarget(address)
        case .suffix(let identifier, let lan):
            network.address(of: identifier, on: lan).map { ResolvedTarget(.v6($0)) }
        case .name, .mac, .gateway: resolved[host]
        case .unix: nil
        }
    }
}

/// The clocks that schedules go by.
package struct TimeZones: Hashable, Sendable {
    /// The gateway's own.
    package var own: TimeZoneRules
    package var named: [TimeZoneName: TimeZoneRules]

    package init(own: TimeZoneRules = .utc, named: [TimeZoneName: TimeZoneRules] = [:]) {
        self.own = own
        self.named = named
    }

    /// Nil for a zone that this machine does not know.
    package func rules(of name: TimeZoneName?) -> TimeZoneRules? {
        guard let name else { return own }
        return named[name]
    }
}

/// The interfaces and addresses of the gateway.
package struct NetworkView: Hashable, Sendable {
    /// The names that count as outside, present or not.
    package var wans: [InterfaceName]
    /// The names that the operator calls inside; empty for "every other".
    ///
    /// Both count the same when a packet is judged: what is not outside is inside.
    package var lans: [InterfaceName]
    /// Every address of every interface that is up, loopback left out.
    package var links: [Link]
    /// Whether some link takes larger packets than another.
    package var linksDiffer: Bool
    /// The next hops of the WANs that have one at the moment.
    package var exits: [InterfaceName: [NextHop]]
    /// Whether answers are to leave by the WAN that the request came in by, where there are several.
    package var answersFollow: Bool
    /// The interface of the machine's own default route, by which what begins inside leaves; nil when
    /// there is none.
    package var defaultExit: InterfaceName?

    package init(
        wans: [InterfaceName] = [], lans: [InterfaceName] = [], links: [Link] = [],
        linksDiffer: Bool = true, exits: [InterfaceName: [NextHop]] = [:],
        answersFollow: Bool = true, defaultExit: InterfaceName? = nil
    ) {
        self.defaultExit = defaultExit
        self.wans = wans
        self.lans = lans
        self.links = links
        self.linksDiffer = linksDiffer
        self.exits = exits
        self.answersFollow = answersFollow
    }

    package func isWAN(_ interface: InterfaceName) -> Bool { wans.contains(interface) }

    /// The interfaces inside: those that were named, or every other one that has an address.
    package var insideInterfaces: [InterfaceName] {
        guard lans.isEmpty else { return lans }
        return Set(links.map(\.interface)).filter { !isWAN($0) }.sorted()
    }

    /// The addresses of the WAN interfaces.
    package var wanAddresses: [IPAddress] {
        links.lazy.filter { isWAN($0.interface) }.map(\.address)
    }

    package func addresses(of interface: InterfaceName) -> [IPAddress] {
        links.lazy.filter { $0.interface == interface }.map(\.address)
    }

    /// The WANs that an external address belongs to: that has it, else whose subnet it lies in, else
    /// all, since it is routed here.
    func wans(with address: IPAddress) -> [InterfaceName] {
        let outside = links.filter { isWAN($0.interface) }
        let having = outside.filter { $0.address == address }
        let near = having.isEmpty ? outside.filter { $0.prefix.contains(address) } : having
        return near.isEmpty ? wans : Set(near.map(\.interface)).sorted()
    }

    package func isOwn(_ address: IPAddress) -> Bool {
        links.contains { $0.address == address }
    }

    /// Who packets from a WAN are handed to over IPv4.
    package func router(of wan: InterfaceName) -> IPv4Address? {
        for hop in exits[wan] ?? [] {
            if case .gateway(.v4(let router)) = hop { return router }
        }
        return nil
    }

    /// Whether both addresses lie in one subnet of the gateway.
    package func shareSubnet(_ first: IPAddress, _ second: IPAddress) -> Bool {
        links.contains { $0.prefix.contains(first) && $0.prefix.contains(second) }
    }

    /// The interface that leads to `address`: that of the narrowest subnet around it; nil when only
    /// a route can tell.
    package func interface(towards address: IPAddress) -> InterfaceName? {
        links.filter { $0.prefix.contains(address) }.max { $0.prefix.length < $1.prefix.length }?
            .interface
    }
}

/// One address of one interface.
package struct Link: Hashable, Sendable {
    package var interface: InterfaceName
    package var address: IPAddress
    /// The subnet that the address is in.
    package var prefix: Prefix
    /// Still valid, and about to go: the prefix is not for what is new any more.
    package var isDeprecated: Bool

    package init(
        interface: InterfaceName, address: IPAddress, prefixLength: Int,
        isDeprecated: Bool = false
    ) {
        self.interface = interface
        self.address = address
        self.isDeprecated = isDeprecated
        prefix = Prefix(containing: address, length: prefixLength)
    }
}

/// A socket of a local program that waits for connections or datagrams.
package struct Listener: Hashable, Sendable {
    package var transport: TransportProtocol
    /// Nil for every address.
    package var address: IPAddress?
    package var port: UInt16
    /// Whether "every address" leaves IPv4 out.
    package var onlyV6: Bool
    /// The program's name where it could be found out.
    package var program: String?

    package init(
        transport: TransportProtocol, address: IPAddress?, port: UInt16, onlyV6: Bool = false,
        program: String? = nil
    ) {
        self.transport = transport
        self.address = address
        self.port = port
        self.onlyV6 = onlyV6
        self.program = program
    }
}

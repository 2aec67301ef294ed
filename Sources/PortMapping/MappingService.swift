import Forwarding
package import Logging

/// Serves the devices inside that ask for ports.
///
/// Theory of operation. There is a server for each door: one for PCP and NAT-PMP, which share a port, and
/// one for UPnP. Each opens sockets on the inside interfaces alone, bound to the interface and to the
/// gateway's address there, so that nothing from a WAN can reach it. All of them bring what they are asked
/// to the desk, which decides, and keep nothing of their own that would have to survive them. What the
/// desk tells without being asked is handed to each.
package struct MappingService: Sendable {
    private let desk: any LeaseDesk
    private let settings: MappingSettings
    private let servers: [any DialectServer]

    /// - Parameters:
    ///   - limits: how much of what devices ask is heard at the port of PCP and NAT-PMP.
    ///   - upnp: what the server of UPnP is told about itself.
    package init(
        desk: any LeaseDesk, settings: MappingSettings, limits: RequestLimits = .standard,
        upnp: UPnPTerms = .ofMachine, log: Logger
    ) {
        self.desk = desk
        self.settings = settings
        let portControl: (any DialectServer)? = PortControl(settings).map {
            PortControlServer($0, desk: desk, limits: limits, log: log)
        }
        let device: (any DialectServer)? = UPnPServer(settings, upnp, desk: desk, log: log)
        servers = [portControl, device].compactMap(\.self)
    }

    /// Serves until the task is cancelled, and says goodbye then.
    package func run() async {
        let events = await desk.leaseEvents()
        await follow()
        for await event in events {
            if event == .networkChanged { await follow() }
            let standing = await desk.standing()
            for server in servers { await server.tell(event, standing) }
        }
        for server in servers { await server.stop() }
    }

    private func follow() async {
        let standing = await desk.standing()
        let lans = settings.lans(in: standing.network)
        for server in servers { await server.follow(lans, standing) }
    }
}

/// What serves one or two protocols at one door.
protocol DialectServer: Sendable {
    /// Serves these networks from now on, and no others.
    func follow(_ lans: [LAN], _ standing: ExternalStanding) async

    /// Passes on to devices what they have not asked for.
    func tell(_ event: LeaseEvent, _ standing: ExternalStanding) async

    /// Says goodbye and closes everything.
    func stop() async
}

package import Addressing
package import Forwarding

/// Where the gateway learns what it cannot know by itself.
///
/// A protocol, so that tests can be the world.
package protocol Facts: Sendable {
    /// The time.
    func now() -> Timestamp

    /// The addresses of a name; nil when nobody could be asked.
    func resolve(_ name: HostName) async -> ResolvedName?

    /// The rules of a time zone, nil for the machine's own; nil where it has none of the name.
    func zone(_ name: TimeZoneName?) -> TimeZoneRules?

    /// The programs that wait for traffic on any of the ports.
    func listeners(on ports: [ClaimedPorts]) -> [Listener]

    /// All that wait for traffic, without the names of the programs.
    func listeners() -> [Listener]

    /// The hardware address of a neighbour, where it is known.
    func hardwareAddress(of address: IPAddress, on interface: InterfaceName) -> MACAddress?

    /// The external port that a flow of a device to somewhere outside has; nil when there is none.
    func externalPort(
        of device: Endpoint, towards peer: Endpoint, _ transport: TransportProtocol
    ) -> UInt16?
}

/// The addresses of a name and how long they hold.
package struct ResolvedName: Hashable, Sendable {
    package var target: ResolvedTarget
    package var seconds: Int64
    /// Families of which nothing could be learned this time.
    package var unanswered: Set<AddressFamily>

    package init(
        target: ResolvedTarget, seconds: Int64, unanswered: Set<AddressFamily> = []
    ) {
        self.target = target
        self.seconds = seconds
        self.unanswered = unanswered
    }

    /// The answer, with what was known before where there was none.
    func target(keeping before: ResolvedTarget?) -> ResolvedTarget {
        ResolvedTarget(
            v4: unanswered.contains(.v4) ? before?.v4 : target.v4,
            v6: unanswered.contains(.v6) ? before?.v6 : target.v6)
    }
}

/// Ports that a request wants.
package struct ClaimedPorts: Hashable, Sendable {
    package var transports: Transports
    package var ports: PortRange

    package init(transports: Transports, ports: PortRange) {
        self.transports = transports
        self.ports = ports
    }
}

/// What was seen of the machine's network.
package struct NetworkObservation: Hashable, Sendable {
    package var view: NetworkView
    /// Where devices are, by the neighbour table.
    package var devices: [MACAddress: ResolvedTarget]

    package init(view: NetworkView, devices: [MACAddress: ResolvedTarget] = [:]) {
        self.view = view
        self.devices = devices
    }
}

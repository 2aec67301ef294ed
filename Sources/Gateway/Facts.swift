package import Addressing
package import Forwarding

/// Where the gateway learns what it cannot know by itself. A protocol, so that tests can be the world.
package protocol Facts: Sendable {
    /// The time.
    func now() -> Timestamp

    /// The addresses of a name; nil when nobody could be asked.
    func resolve(_ name: HostName) async -> ResolvedName?

    /// The programs that wait for traffic on any of the ports.
    func listeners(on ports: [ClaimedPorts]) -> [Listener]
}

/// The addresses of a name and how long they hold.
package struct ResolvedName: Hashable, Sendable {
    package var target: ResolvedTarget
    package var seconds: Int64

    package init(target: ResolvedTarget, seconds: Int64) {
        self.target = target
        self.seconds = seconds
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

import CLinux
package import LinuxKit

/// How large a relay is made.
package struct RelaySettings: Hashable, Sendable {
    /// Loops, each with a thread; nil for as many as there are processors for us.
    package var threads: Int?
    /// Descriptors that may be in use for flows and pipes, over all loops; nil for what the process may
    /// have, less some for everything else.
    package var descriptors: Int?
    /// How answers to the addresses of clients come back, where forwards show those to targets.
    package var transparentWay: TransparentWay

    package init(
        threads: Int? = nil, descriptors: Int? = nil,
        transparentWay: TransparentWay = .standard
    ) {
        self.threads = threads
        self.descriptors = descriptors
        self.transparentWay = transparentWay
    }

    /// The store, the control socket, netlink, and connections of operators need some.
    private static let spared = 256
    private static let mostThreads = 64
    /// Listening sockets of one loop.
    private static let mostListeners = 1 << 20
    /// Pipes of one loop: as many directions can move bulk at a time without copying.
    private static let mostPipes = 512
    private static let mostBuffers = 8192
    /// Flows of datagrams of one loop: as many as a flood may take hold of.
    private static let mostDatagramFlows = 65536

    /// Lets this process have as many descriptors as it may.
    package static func raiseDescriptorLimit() { _ = clinux_raise_descriptor_limit() }

    var loopCount: Int {
        min(max(1, threads ?? Int(clinux_available_processors())), Self.mostThreads)
    }

    func sizes() -> LoopSizes {
        let allowed = Int(clinux_raise_descriptor_limit())
        let total = descriptors ?? max(64, allowed - Self.spared)
        let own = max(16, total / loopCount)
        let flows = min(max(8, own / 2), LoopEvent.mostPlaces)
        return LoopSizes(
            flows: flows, datagramFlows: min(max(8, own / 2), Self.mostDatagramFlows),
            listeners: Self.mostListeners,
            pipes: max(1, min(Self.mostPipes, own / 8)), buffers: Self.mostBuffers,
            descriptors: own)
    }
}

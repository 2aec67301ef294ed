package import Addressing

/// What a forward asks beyond what NAT can do.
///
/// A forward that asks nothing of it goes the kernel's way wherever it can.
package struct RelayTerms: Hashable, Sendable {
    /// Which engine the operator wants for this forward.
    package var engine: EngineWish
    /// How the target is told who the client is; nil for not at all.
    package var proxy: StreamProxy?
    /// The same in front of datagrams, where several dialects are about.
    package var datagramProxy: DatagramProxy?
    /// Front proxies whose header says who the client is; nobody else may connect then.
    package var trustedProxies: [Prefix]
    /// Further targets beside the forward's own.
    package var spares: [Target]
    package var balance: Balance
    /// How the targets are tried while nobody asks for them; nil for not at all.
    package var check: HealthCheck?
    /// Targets by the name that a TLS client asks for; others go to the forward's own target.
    package var routes: [NameRoute]
    /// Whether clients that ask for no listed name are sent away instead.
    package var refusesOtherNames: Bool
    /// Whether the target sees the client's own address as the sender.
    package var isTransparent: Bool
    /// Whether clients of either family reach the target, whichever it has.
    package var crossesFamilies: Bool
    /// Bits in a second of each flow, for each direction.
    package var flowBandwidth: UInt64?
    package var timeouts: RelayTimeouts

    package init(
        engine: EngineWish = .automatic, proxy: StreamProxy? = nil,
        datagramProxy: DatagramProxy? = nil, trustedProxies: [Prefix] = [], spares: [Target] = [],
        balance: Balance = .roundRobin, check: HealthCheck? = nil, routes: [NameRoute] = [],
        refusesOtherNames: Bool = false, isTransparent: Bool = false,
        crossesFamilies: Bool = false, flowBandwidth: UInt64? = nil,
        timeouts: RelayTimeouts = RelayTimeouts()
    ) {
        self.engine = engine
        self.proxy = proxy
        self.datagramProxy = datagramProxy
        self.trustedProxies = trustedProxies
        self.spares = spares
        self.balance = balance
        self.check = check
        self.routes = routes
        self.refusesOtherNames = refusesOtherNames
        self.isTransparent = isTransparent
        self.crossesFamilies = crossesFamilies
        self.flowBandwidth = flowBandwidth
        self.timeouts = timeouts
    }

    package static let none = RelayTerms()
}

/// Which engine is to carry a forward.
package enum EngineWish: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// The kernel wherever it can.
    case automatic = "auto"
    case kernel, relay
}

/// The PROXY protocol at the head of a connection.
package enum StreamProxy: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case v1, v2
}

/// The dialects of the PROXY protocol that are spoken over UDP.
package enum DatagramProxy: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// A header of version 2 in every datagram, as the specification says.
    case v2Each = "v2-each"
    /// A header of version 2 in the first datagram of a flow only.
    case v2First = "v2-first"
    /// The 38-byte header of the Simple Proxy Protocol in every datagram.
    case simple = "spp"
}

/// Which of several targets a new flow goes to.
package enum Balance: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case roundRobin = "round-robin"
    case leastConnections = "least-connections"
    /// The same client always to the same target, while the targets stay the same.
    case sourceHash = "source-hash"
}

/// How often a target is tried, and how many tries change the opinion of it.
package struct HealthCheck: Hashable, Sendable, BitwiseCopyable {
    /// Seconds from one try to the next, which is also how long a try may take.
    package var interval: UInt32
    /// Failures in a row until it is down.
    package var fall: UInt32
    /// Successes in a row until it is up again.
    package var rise: UInt32

    package init(interval: UInt32 = 2, fall: UInt32 = 3, rise: UInt32 = 2) {
        self.interval = interval
        self.fall = fall
        self.rise = rise
    }
}

/// A target for those who ask for a name.
package struct NameRoute: Hashable, Sendable {
    package var name: NamePattern
    package var target: Target

    package init(name: NamePattern, target: Target) {
        self.name = name
        self.target = target
    }
}

/// A server name, or all names that have one label more.
package struct NamePattern: Hashable, Sendable {
    package var name: HostName
    /// `*.example.net`: what has one label in front of the name, but not the name itself.
    package var isWildcard: Bool

    /// Nil unless `text` is a name, or `*.` and a name.
    package init?(_ text: some StringProtocol) {
        isWildcard = text.hasPrefix("*.")
        guard let name = HostName(isWildcard ? text.dropFirst(2) : text[...]) else { return nil }
        self.name = name
    }
}

extension NamePattern: CustomStringConvertible {
    package var description: String { (isWildcard ? "*." : "") + name.text }
}

/// How long a relayed flow may wait, in seconds; nil for the standard.
package struct RelayTimeouts: Hashable, Sendable, BitwiseCopyable {
    /// For the target's answer to a connection.
    package var connect: UInt32?
    /// While neither side sends anything.
    package var idle: UInt32?
    /// While one side has ended and the other sends nothing.
    package var halfOpen: UInt32?
    /// For the target's first answering datagram.
    package var firstDatagram: UInt32?
    /// Between datagrams once the target has answered.
    package var datagrams: UInt32?

    package init(
        connect: UInt32? = nil, idle: UInt32? = nil, halfOpen: UInt32? = nil,
        firstDatagram: UInt32? = nil, datagrams: UInt32? = nil
    ) {
        self.connect = connect
        self.idle = idle
        self.halfOpen = halfOpen
        self.firstDatagram = firstDatagram
        self.datagrams = datagrams
    }
}

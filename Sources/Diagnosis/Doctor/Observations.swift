package import Addressing
package import Forwarding
package import LinuxKit
package import Netfilter

/// Everything that was read of the machine at one moment.
///
/// The checks see this and nothing else. What could not be read is empty here and stands in
/// `unread`.
package struct Observations: Sendable {
    /// The table, the gateway's network and the time.
    package var situation: Trace {
        didSet { carried = Self.carried(situation, report) }
    }
    package var report: GatewayReport {
        didSet { carried = Self.carried(situation, report) }
    }
    /// What the engine carries of it, by name; kept, since most checks go through it.
    private(set) var carried: [Carried]
    /// Which bits of the connection mark are ours.
    package var mask = MarkMask.standard
    /// Numbers under `/proc/sys` by path; those that are not there are absent.
    package var settings: [String: String] = [:]
    package var interfaces: [InterfaceName: Interface] = [:]
    package var defaultRoutes: [Route] = []
    /// Own addresses that another device has, and who; no devices where the kernel does not say.
    package var duplicates: [Holder] = []
    package var foreign = ForeignRuleset()
    /// Tables of iptables' own module that could not be read, as `ip filter`.
    package var unreadLegacyTables: [String] = []
    package var listeners: [Listener] = []
    /// Nil when it is not known.
    package var clockIsSynchronised: Bool?
    package var answers: [TargetProbe.Question: TCPProbe.Answer] = [:]
    /// Who answered ARP for each target that was asked for; empty for nobody.
    package var targetHolders: [IPv4Address: Set<MACAddress>] = [:]
    /// Forwards whose targets were not asked, since there are so many.
    package var unaskedTargets = 0
    package var mirrors: [Mirror] = []
    package var unread: [Unread] = []

    package init(_ situation: Trace, _ report: GatewayReport = GatewayReport()) {
        self.situation = situation
        self.report = report
        carried = Self.carried(situation, report)
    }

    package struct Interface: Hashable, Sendable {
        package var isUp: Bool
        package var mtu: UInt32
        package var isBridge: Bool

        package init(isUp: Bool = true, mtu: UInt32 = 1500, isBridge: Bool = false) {
            self.isUp = isUp
            self.mtu = mtu
            self.isBridge = isBridge
        }
    }

    package struct Route: Hashable, Sendable {
        package var family: AddressFamily
        package var interface: InterfaceName
        package var gateway: IPAddress?

        package init(_ family: AddressFamily, _ interface: InterfaceName, _ gateway: IPAddress?) {
            self.family = family
            self.interface = interface
            self.gateway = gateway
        }
    }

    package struct Holder: Hashable, Sendable {
        package var address: IPAddress
        package var interface: InterfaceName
        package var devices: Set<MACAddress>

        package init(_ address: IPAddress, _ interface: InterfaceName, _ devices: Set<MACAddress>) {
            self.address = address
            self.interface = interface
            self.devices = devices
        }
    }

    /// How a STUN server sees a WAN address.
    package struct Mirror: Hashable, Sendable {
        package var interface: InterfaceName
        package var address: IPAddress
        /// Nil when no answer came.
        package var seen: IPAddress?

        package init(_ interface: InterfaceName, _ address: IPAddress, seen: IPAddress?) {
            self.interface = interface
            self.address = address
            self.seen = seen
        }
    }

    /// A source that could not be read.
    package struct Unread: Hashable, Sendable {
        package var source: Source
        /// The error number; nil when there is none.
        package var code: Int32?

        package init(_ source: Source, _ code: Int32?) {
            self.source = source
            self.code = code
        }
    }

    package enum Source: String, Hashable, Sendable, CaseIterable {
        case network, foreignTables = "foreign-tables", listeners, clock, arp, stun, probes
    }
}

/// What the gateway itself knows of its state.
package struct GatewayReport: Hashable, Sendable {
    /// Forwards that the engine could not take over.
    package var suspended: Set<ForwardName>
    /// Forwards whose month's bytes have gone through.
    package var usedUp: Set<ForwardName>
    package var engine: EngineCapabilities
    /// Who has the table though it is ours.
    package var contest: TableDisturbance?

    package init(
        suspended: Set<ForwardName> = [], usedUp: Set<ForwardName> = [],
        engine: EngineCapabilities = EngineCapabilities(engine: "kernel", isProtected: true),
        contest: TableDisturbance? = nil
    ) {
        self.suspended = suspended
        self.usedUp = usedUp
        self.engine = engine
        self.contest = contest
    }
}

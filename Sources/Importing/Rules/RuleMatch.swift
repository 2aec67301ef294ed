import Addressing
import Forwarding

/// What a rule of a packet filter asks of a packet; empty lists ask nothing.
struct RuleMatch: Hashable {
    var transports: [TransportProtocol] = []
    var ports: [PortRange] = []
    var interfaces: [String] = []
    var exceptInterfaces: [String] = []
    var sources: [Prefix] = []
    var exceptSources: [Prefix] = []
    var destinations: [Prefix] = []
    var comment: String?
    /// What cannot be asked of a forward.
    var unsupported: [String] = []
    /// What makes the rule no forward at all, whatever else it says.
    var refusal: Reason?

    /// What a rule asks in a chain that another rule jumps to.
    func merged(with inner: RuleMatch) -> RuleMatch {
        var merged = self
        merged.transports = Self.narrowed(transports, inner.transports, &merged.unsupported)
        merged.ports = Self.narrowed(ports, inner.ports, &merged.unsupported)
        merged.interfaces = Self.narrowed(interfaces, inner.interfaces, &merged.unsupported)
        merged.sources = Self.narrowed(sources, inner.sources, &merged.unsupported)
        merged.destinations = Self.narrowed(destinations, inner.destinations, &merged.unsupported)
        merged.exceptInterfaces += inner.exceptInterfaces
        merged.exceptSources += inner.exceptSources
        merged.comment = inner.comment ?? comment
        merged.unsupported += inner.unsupported
        merged.refusal = refusal ?? inner.refusal
        return merged
    }

    private static func narrowed<Element: Hashable>(
        _ outer: [Element], _ inner: [Element], _ unsupported: inout [String]
    ) -> [Element] {
        guard !outer.isEmpty else { return inner }
        guard !inner.isEmpty, inner != outer else { return outer }
        if Set(inner).isSubset(of: outer) { return inner }
        unsupported.append("two rules that narrow each other")
        return inner
    }

    /// What all of them together carry, as forwards name it.
    var carried: [Transports] {
        let all = Set(transports)
        var carried: [Transports] = []
        if all.isSuperset(of: [.tcp, .udp]) {
            carried.append(.tcpAndUDP)
        } else if all.contains(.tcp) {
            carried.append(.tcp)
        } else if all.contains(.udp) {
            carried.append(.udp)
        }
        return carried + (all.contains(.sctp) ? [.sctp] : [])
    }
}

/// What a rule does with a packet.
enum RuleAction: Hashable {
    case dnat([Destination])
    /// A target for each port.
    case dnatByPort([PortDestination])
    case jump(String)
    case accept
    case returns
    case redirect
    case sourceNAT
    case log
    case other(String)
    case unreadable
    /// It only counts, or does nothing.
    case nothing
}

/// Where a rule leads; nil ports keep those that were asked.
struct Destination: Hashable {
    var host: TargetHost
    var ports: PortRange?
}

/// Where a rule leads for one port.
struct PortDestination: Hashable {
    var ports: PortRange
    var destination: Destination
}

/// A rule, and the chain that it stands in.
struct FilterRule: Hashable {
    var line: SourceLine
    var match: RuleMatch
    var action: RuleAction
}

/// A chain of a packet filter.
struct RuleChain {
    enum Hook: Hashable {
        case prerouting, output, postrouting, forward, input, elsewhere
    }

    var name: String
    /// Nil for one that is only jumped to.
    var hook: Hook?
    /// The type or table, such as `nat` or `filter`.
    var type: String
    var rules: [FilterRule] = []
}

/// Where an interface seems to lead, by its name.
enum InterfaceSide {
    case outside, inside, unknown

    init(_ name: String) {
        let outside = ["wan", "ppp", "pppoe", "wwan", "dsl"]
        let inside = [
            "br-", "br0", "br1", "docker", "lan", "virbr", "veth", "guest", "lo", "podman", "cni",
            "lxc", "lxd", "vnet", "tap",
        ]
        let name = name.lowercased()
        if outside.contains(where: name.hasPrefix) {
            self = .outside
        } else if inside.contains(where: name.hasPrefix) {
            self = .inside
        } else {
            self = .unknown
        }
    }
}

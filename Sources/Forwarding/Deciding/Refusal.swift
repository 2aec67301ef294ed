package import Addressing

/// Why a request is not granted: the field at fault, the value, and what is wrong with it.
///
/// A refusal is an answer, not a failure: nothing has changed.
package struct Refusal: Error, Hashable, Sendable {
    /// The forward that it is about, where there are several in the request.
    package var forward: ForwardName?
    package var field: Field
    package var value: String
    package var problem: Problem

    package init(
        forward: ForwardName? = nil, field: Field, value: String, problem: Problem
    ) {
        self.forward = forward
        self.field = field
        self.value = Self.quotable(value)
        self.problem = problem
    }

    /// What somebody sent, fit for one line of a terminal or a log: no control or invisible characters,
    /// and not longer than anybody reads.
    private static func quotable(_ value: String) -> String {
        var quotable = ""
        for (place, scalar) in value.unicodeScalars.enumerated() {
            guard place < longestValue else { return quotable + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                quotable += "\\u{\(String(scalar.value, radix: 16))}"
            default: quotable.unicodeScalars.append(scalar)
            }
        }
        return quotable
    }

    private static let longestValue = 256

    package enum Field: String, Hashable, Sendable, CaseIterable {
        case name, external, transport, on, at, to, allow, deny, hairpin, source, nat6, ends
        case schedule, enabled, comment, body, file, state, revision, monthly, bandwidth
        case from, arrival
        case whenClosed = "when_closed"
        case maxConnections = "max_connections"
        case maxConnectionsPerSource = "max_connections_per_source"
        case maxRate = "max_rate"
        case maxRatePerSource = "max_rate_per_source"
        case engine, proxy, also, balance, check, names, upstream
        case proxyUDP = "proxy_udp"
        case trustedProxies = "trusted_proxies"
        case otherNames = "other_names"
        case crossFamilies = "cross_families"
        case bandwidthPerFlow = "bandwidth_per_flow"
        case timeoutConnect = "timeout_connect"
        case timeoutIdle = "timeout_idle"
        case timeoutHalfOpen = "timeout_half_open"
        case timeoutUDPFirst = "timeout_udp_first"
        case timeoutUDP = "timeout_udp"
        case lasting = "for"
    }
}

/// What can be wrong with a value.
package enum Problem: Hashable, Sendable {
    // How it is written.
    case missing
    case name
    case external(PortRangeError)
    case targetPorts(PortRangeError)
    case noTransport
    case unknownTransport
    case unknownService(nearest: String?)
    case target
    /// A device in the LAN's prefix that is not written as one.
    case suffix
    case prefix(PrefixError)
    case address
    case interface
    case duration
    case schedule(ScheduleError)
    case count(most: UInt64)
    case rate
    case amount
    case bandwidth
    /// A question about a packet.
    case journey(JourneyError)
    /// A term that only a relay keeps.
    case relay(RelayProblem)
    case choice([String])
    case tooLong(limit: Int)
    case controlCharacter
    case unknownKey(nearest: String?)
    case syntax(String)
    case contradiction(with: Field)

    // How the parts fit.
    case unequalRanges(external: PortRange, target: PortRange)
    case pastLastPort
    case shiftTooWide(limit: Int)
    case pinholeShift
    case familyMismatch
    /// An exception leads nowhere else, so it has no ports of its own there.
    case exceptionPorts
    /// A term that says nothing where nothing is forwarded.
    case exceptionTerm
    case exceptionTooWide(limit: Int)
    /// More ports than can be asked of a router in front, one by one.
    case upstreamTooWide(limit: Int)
    /// No router in front has anything to open for IPv6.
    case upstreamWithoutIPv4
    /// The other forward is looked at first, so the exception would change nothing.
    case exceptionBehind(ForwardName)
    /// One target cannot leave as two addresses.
    case secondAddress(ForwardName)
    case unknownZone(TimeZoneName)
    case ended

    // The target.
    case ownWANAddress
    /// A name that leads to the gateway: whoever answers for it could open the gateway itself.
    case ownAddress
    case loopback
    case multicast
    case unspecified
    case broadcast
    case linkLocal
    case groupAddress
    case unresolved
    case itself
    case circle([ForwardName])

    // The table and the machine.
    case duplicate
    case unknown(nearest: String?)
    case overlap(with: ForwardName, PortRange)
    case listener(Listener)
    case notAWAN([InterfaceName])
    case tableFull
    case engine(EngineError)
    case storage(String)
    /// The table is at another revision than the requester looked at.
    case revision(found: Int)
    /// There is no such revision, or it is too long ago.
    case unknownRevision(oldest: Int, newest: Int)
    /// A change goes back by itself unless it is confirmed; until then no other is made.
    case awaitsConfirmation(until: Timestamp)
    case nothingToConfirm

    package typealias Field = Refusal.Field
}

extension Problem {
    /// The problem for programs and records: stable, short, in one word or two.
    package var code: String {
        switch self {
        case .missing: "missing"
        case .name: "bad-name"
        case .external, .targetPorts: "bad-ports"
        case .noTransport: "no-protocol"
        case .unknownTransport: "unknown-protocol"
        case .unknownService: "unknown-service"
        case .target, .suffix: "bad-target"
        case .prefix: "bad-prefix"
        case .address: "bad-address"
        case .interface: "bad-interface"
        case .duration: "bad-time"
        case .schedule: "bad-schedule"
        case .count: "bad-count"
        case .rate: "bad-rate"
        case .amount: "bad-amount"
        case .bandwidth: "bad-bandwidth"
        case .journey: "bad-packet"
        case .relay(let problem): problem.code
        case .choice: "bad-choice"
        case .tooLong: "too-long"
        case .controlCharacter: "control-character"
        case .unknownKey: "unknown-key"
        case .syntax: "bad-syntax"
        case .contradiction: "contradiction"
        case .unequalRanges: "unequal-ranges"
        case .pastLastPort: "past-last-port"
        case .shiftTooWide: "shift-too-wide"
        case .pinholeShift: "pinhole-shift"
        case .familyMismatch: "family-mismatch"
        case .exceptionPorts: "exception-ports"
        case .exceptionTerm: "exception-term"
        case .exceptionTooWide: "exception-too-wide"
        case .upstreamTooWide: "upstream-too-wide"
        case .upstreamWithoutIPv4: "upstream-without-ipv4"
        case .exceptionBehind: "exception-behind"
        case .secondAddress: "second-address"
        case .unknownZone: "unknown-zone"
        case .ended: "ended"
        case .ownWANAddress: "own-wan-address"
        case .ownAddress: "own-address"
        case .loopback: "loopback"
        case .multicast: "multicast"
        case .unspecified: "unspecified"
        case .broadcast: "broadcast"
        case .linkLocal: "link-local"
        case .groupAddress: "group-address"
        case .unresolved: "unresolved"
        case .itself: "itself"
        case .circle: "circle"
        case .duplicate: "duplicate"
        case .unknown: "unknown-forward"
        case .overlap: "overlap"
        case .listener: "port-in-use"
        case .notAWAN: "not-a-wan"
        case .tableFull: "table-full"
        case .engine: "engine"
        case .storage: "storage"
        case .revision: "revision-moved"
        case .unknownRevision: "unknown-revision"
        case .awaitsConfirmation: "awaits-confirmation"
        case .nothingToConfirm: "nothing-to-confirm"
        }
    }
}

/// Something that was accepted and that the requester should know.
package enum Warning: Hashable, Sendable {
    /// A service that is attacked as soon as it is reachable.
    case risky(ForwardName, service: String, reason: String, instead: String, isGrave: Bool)
    case wideRange(ForwardName, Int)
    /// The device has not been seen; the forward begins when it is.
    case notSeenYet(ForwardName, MACAddress)
    /// No LAN has a prefix for the device at the moment.
    case noPrefixYet(ForwardName, TargetHost)
    /// Its end has come already; the file's forward is left out.
    case alreadyOver(ForwardName)
    /// The pinned address is none of the gateway's.
    case addressNotOwn(ForwardName, IPAddress)
    /// The target's subnet is not the gateway's: its answers must come back through here.
    case targetNotLocal(ForwardName, IPAddress)
    /// Whatever no other forward names reaches the device.
    case exposedHost(ForwardName, TargetHost)
    /// A whole external address belongs to the device, in both directions.
    case oneToOne(ForwardName, TargetHost, IPAddress)
    /// The ports are the gateway's own, open to whoever its programs let in.
    case exception(ForwardName, PortRange)
    /// Whoever connects may say to be any client.
    case trustsAnyone(ForwardName, Prefix)
    /// Its schedule has no more openings.
    case neverOpens(ForwardName)
}

import Addressing
import CLinux
import Forwarding

/// A forward as it stands in the table of a loop: its plan in plain values, and what it carried.
///
/// Owner: the loop.
struct Service: BitwiseCopyable {
    /// 0 while the place is free.
    var forward: UInt16 = 0
    /// Counts the plans; flows remember with which one they began.
    var plan: UInt32 = 0
    var firstPort: UInt16 = 0
    var groups = Run<TargetGroup>.empty
    var allowed = Run<AddressSpan>.empty
    /// Who is let in besides, from one port each.
    var peers = Run<PeerSpan>.empty
    var denied = Run<AddressSpan>.empty
    var trusted = Run<AddressSpan>.empty
    /// Clients whom targets would answer past the gateway.
    var near = Run<AddressSpan>.empty
    var greets = false
    var routes = false
    var terms = ServiceTerms()
    /// Connections and datagram flows at the moment.
    var live: Int32 = 0
    var counters = Counters()
    var pace = Pace()
    /// Bytes that all its flows together may still move, each way.
    var upward = Bucket()
    var downward = Bucket()
    /// What had passed when the plan came, whose `used` is of that moment.
    var passedBefore: UInt64 = 0

    /// What passed, in the sense of `Traffic`.
    ///
    /// Bytes are those of the payload; packets of a connection are the transfers between the sockets.
    struct Counters: BitwiseCopyable {
        var flows: UInt64 = 0
        var inboundPackets: UInt64 = 0
        var inboundBytes: UInt64 = 0
        var outboundPackets: UInt64 = 0
        var outboundBytes: UInt64 = 0
        var denied: UInt64 = 0
        var limited: UInt64 = 0

        var bytes: UInt64 { inboundBytes &+ outboundBytes }
    }

    init(_ plan: ServicePlan, number: UInt32) {
        forward = plan.forward.number
        self.plan = number
        firstPort = plan.firstPort
        groups = Run(plan.groups.map { TargetGroup(places: Run($0.map(TargetPlace.init))) })
        allowed = Run(plan.allowed.map(AddressSpan.init))
        peers = Run(plan.peers.map(PeerSpan.init))
        denied = Run((plan.denied + plan.barred).map(AddressSpan.init))
        trusted = Run(plan.trusted.map(AddressSpan.init))
        near = Run(plan.near.map(AddressSpan.init))
        greets = plan.greets
        routes = !plan.names.isEmpty
        terms = plan.terms
    }

    /// A place of which nothing is served.
    static var vacant: Service { Service() }

    private init() {}

    /// Bytes of the month.
    var used: UInt64 { terms.used &+ (counters.bytes &- passedBefore) }

    /// Whether the month's bytes have gone through.
    var isUsedUp: Bool { terms.limits.monthly.map { used >= $0 } ?? false }

    /// Whether bytes are bounded in time.
    var isThrottled: Bool { terms.flowBandwidth > 0 || terms.limits.bandwidth != nil }

    func free() {
        for group in 0..<groups.count {
            for place in 0..<groups[group].places.count { groups[group].places[place].path.free() }
            groups[group].places.free()
        }
        groups.free()
        allowed.free()
        peers.free()
        denied.free()
        trusted.free()
        near.free()
    }

    /// Whether targets see this client's own address.
    func shows(_ source: clinux_endpoint) -> Bool {
        terms.isTransparent && !near.contains(source)
    }

    /// Whether this source may use the forward.
    func admits(_ source: clinux_endpoint) -> Bool {
        if denied.contains(source) { return false }
        if allowed.count == 0, peers.count == 0 { return true }
        return allowed.contains(source) || peers.contains(source)
    }
}

/// Targets of which any will do.
struct TargetGroup: BitwiseCopyable {
    var places: Run<TargetPlace>
    /// Whose turn it is.
    var turn: Int32 = 0
}

/// One target.
struct TargetPlace: BitwiseCopyable {
    var v4 = clinux_endpoint()
    var v6 = clinux_endpoint()
    var hasV4 = false
    var hasV6 = false
    var firstPort: UInt16
    /// The path of a Unix socket, with the zero at its end; empty for an address.
    var path = Run<CChar>.empty
    var isDown = false
    var live: Int32 = 0

    init(_ plan: PlacePlan) {
        firstPort = plan.firstPort
        if let address = plan.v4 {
            (v4, hasV4) = (clinux_endpoint(.v4(address), 0), true)
        }
        if let address = plan.v6 {
            (v6, hasV6) = (clinux_endpoint(.v6(address), 0), true)
        }
        if let path = plan.path { self.path = Run(path.text.utf8CString.map(\.self)) }
    }

    var isUnix: Bool { path.count > 0 }

    func stands(for plan: PlacePlan) -> Bool {
        firstPort == plan.firstPort && isUnix == (plan.path != nil)
            && plan.v4.map { hasV4 && v4 == clinux_endpoint(.v4($0), 0) } ?? !hasV4
            && plan.v6.map { hasV6 && v6 == clinux_endpoint(.v6($0), 0) } ?? !hasV6
    }
}

/// The addresses of a prefix, as one stretch of numbers.
struct AddressSpan: BitwiseCopyable {
    var firstHigh: UInt64
    var firstLow: UInt64
    var lastHigh: UInt64
    var lastLow: UInt64

    init(_ prefix: Prefix) {
        let (first, last) = (clinux_endpoint(prefix.base, 0), clinux_endpoint(prefix.last, 0))
        (firstHigh, firstLow) = (first.high, first.low)
        (lastHigh, lastLow) = (last.high, last.low)
    }

    func contains(_ place: clinux_endpoint) -> Bool {
        (firstHigh, firstLow) <= (place.high, place.low)
            && (place.high, place.low) <= (lastHigh, lastLow)
    }
}

/// The addresses of a peer, and the port that it sends from.
struct PeerSpan: BitwiseCopyable {
    var addresses: AddressSpan
    /// 0 for any.
    var port: UInt16

    init(_ peer: RemotePeer) {
        addresses = AddressSpan(peer.prefix)
        port = peer.port ?? 0
    }
}

extension Run<PeerSpan> {
    func contains(_ place: clinux_endpoint) -> Bool {
        for index in 0..<count {
            let peer = self[index]
            guard peer.port == 0 || peer.port == place.port else { continue }
            if peer.addresses.contains(place) { return true }
        }
        return false
    }
}

extension Run<AddressSpan> {
    func contains(_ place: clinux_endpoint) -> Bool {
        for index in 0..<count where self[index].contains(place) { return true }
        return false
    }
}

extension clinux_endpoint {
    /// IPv4 addresses are IPv4-mapped ones (RFC 4291 section 2.5.5.2).
    init(_ address: IPAddress, _ port: UInt16) {
        switch address {
        case .v4(let v4):
            self.init(high: 0, low: 0xffff_0000_0000 | UInt64(v4.bits), port: port)
        case .v6(let v6): self.init(high: v6.high, low: v6.low, port: port)
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.high == right.high && left.low == right.low && left.port == right.port
    }

    var isV4: Bool { high == 0 && low >> 32 == 0xffff }

    var endpoint: Endpoint {
        let address: IPAddress =
            isV4
            ? .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: low)))
            : .v6(IPv6Address(high: high, low: low))
        return Endpoint(address, port)
    }
}

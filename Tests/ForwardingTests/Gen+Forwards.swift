import Addressing
import Forwarding
import TestKit

/// A small world, so that random forwards meet often.
enum SmallWorld {
    static let surroundings = Sample.surroundings(resolved: [
        "nas.lan": Sample.resolved("192.168.7.10", "2001:db8:7::10"),
        "alias.lan": Sample.resolved(nil, "2001:db8:7::10"),
        "tv.lan": Sample.resolved("192.168.7.11", nil),
        "02:00:00:00:00:01": Sample.resolved("192.168.7.12", "2001:db8:7::11"),
    ])

    static let targets = [
        "192.168.7.10", "2001:db8:7::10", "2001:db8:7::11", "nas.lan", "alias.lan", "tv.lan",
        "02:00:00:00:00:01",
    ]

    static let scopes: [ExternalSide.Scope] =
        ["203.0.113.5", "192.0.2.5", "198.51.100.7", "2001:db8:ff::5", "2001:db8:7::10"]
        .map { Sample.scope(at: $0) } + ["wan0", "wan1"].map { Sample.scope(on: $0) }

    static let destinations = [
        "203.0.113.5", "192.0.2.5", "198.51.100.7", "2001:db8:ff::5", "2001:db8:7::10",
        "2001:db8:7::11", "192.168.7.1",
    ].map(Sample.address)

    static let sources = [
        "198.51.100.50", "192.168.7.20", "192.168.9.20", "10.0.0.1", "203.0.113.9",
    ].map(Sample.address)

    static let sources6 = ["2001:db8:77::1", "2001:db8:7::20", "2001:db8:ff::9"].map(Sample.address)

    /// From which half of the packets are sent.
    static let peerPort: UInt16 = 5060

    static let arrivals: [Packet.Arrival] =
        ["wan0", "wan1", "br0", "guest0"].map { .interface(Sample.interface($0)) } + [.gateway]
}

extension Gen {
    mutating func ports() -> PortRange {
        let first = UInt16(int(1...6))
        return Sample.ports(first, oneIn(4) ? first + UInt16(int(1...2)) : first)
    }

    mutating func name() -> ForwardName { Sample.name("f\(int(1...24))") }

    mutating func policy() -> SourcePolicy {
        let prefixes = [
            "198.51.100.0/24", "192.168.0.0/16", "10.0.0.0/8", "2001:db8:77::/48", "203.0.113.9",
        ].map(Sample.prefix)
        guard oneIn(3) else { return .anywhere }
        return SourcePolicy(
            allowed: oneIn(2) ? [pick(prefixes)] : [], denied: oneIn(2) ? [pick(prefixes)] : [],
            peers: oneIn(3) ? [RemotePeer(pick(prefixes), port: SmallWorld.peerPort)] : [])
    }

    mutating func draft() -> ForwardDraft {
        let ports = ports()
        let start = oneIn(8) ? UInt16(int(1...20)) : ports.first
        var draft = Sample.draft(
            name().text, pick([.tcp, .udp, .tcpAndUDP, .sctp]), ports,
            to: pick(SmallWorld.targets), targetPorts: ports.moved(to: start),
            scope: oneIn(2) ? pick(SmallWorld.scopes) : .everyWAN, sources: policy(),
            hairpin: !oneIn(4), sourceAddress: pick([.kept, .kept, .rewritten]), nat6: oneIn(4),
            ends: pick([.never, .never, .never, .after(Int64(int(1...100)))]))
        draft.enabled = !oneIn(8)
        draft.limits = limits()
        draft.relay = relayTerms(ports)
        if oneIn(4) { draft.schedule = weeklySchedule() }
        if oneIn(3) { draft.closing = .keep }
        if oneIn(10) { makeWhole(&draft) } else if oneIn(10) { makeException(&draft) }
        return draft
    }

    private mutating func makeWhole(_ draft: inout ForwardDraft) {
        draft.transports = .everything
        draft.external.ports = .all
        draft.target.ports = .all
    }

    private mutating func makeException(_ draft: inout ForwardDraft) {
        draft = Sample.draft(
            draft.name.text, draft.transports, draft.external.ports, to: "gateway",
            scope: draft.external.scope)
    }

    mutating func edit() -> ForwardEdit {
        var edit = ForwardEdit(enabled: oneIn(4) ? oneIn(2) : nil)
        if oneIn(3) { edit.name = name() }
        if oneIn(3) { edit.transports = pick([.tcp, .udp, .tcpAndUDP]) }
        if oneIn(3) {
            let ports = ports()
            edit.ports = ports
            edit.target = Target(host: Sample.host(pick(SmallWorld.targets)), ports: ports)
        }
        if oneIn(3) { edit.scope = oneIn(2) ? .everyWAN : pick(SmallWorld.scopes) }
        if oneIn(4) { edit.translatesIPv6 = oneIn(2) }
        if oneIn(4) { edit.allowed = policy().allowed }
        if oneIn(4) { edit.denied = policy().denied }
        if oneIn(4) { edit.hairpin = oneIn(2) }
        if oneIn(4) { edit.ends = .after(Int64(int(0...50))) }
        if oneIn(5) { edit.limits = limits() }
        if oneIn(5) { edit.relay = relayTerms(edit.ports ?? ports()) }
        if oneIn(5) { edit.schedule = .some(weeklySchedule()) }
        if oneIn(4) { edit.comment = pick(["", "for the children"]) }
        return edit
    }

    mutating func request() -> Request {
        switch int(0...9) {
        case 0...4: .add((0..<(oneIn(4) ? 3 : 1)).map { _ in draft() })
        case 5...6: .edit(name(), edit())
        case 7: .remove(name())
        case 8:
            .apply(
                (0..<int(0...4)).map { _ in draft() },
                prune: pick([.nothing, .nothing, .fileForwards(of: "configuration"), .everything]))
        default: .expire
        }
    }

    /// A packet to the ports of one of the forwards, mostly: the others are soon said.
    mutating func packet(towards forwards: [ActiveForward]) -> Packet {
        let destination = pick(SmallWorld.destinations)
        let sources = destination.family == .v4 ? SmallWorld.sources : SmallWorld.sources6
        let aim = forwards.isEmpty || oneIn(8) ? nil : pick(forwards)
        let port = aim.map { int(Int($0.ports.first)...Int($0.ports.last)) } ?? int(1...9)
        return Packet(
            pick(aim?.transports.all ?? TransportProtocol.allCases),
            from: Endpoint(
                pick(sources), oneIn(2) ? SmallWorld.peerPort : UInt16(int(1024...65535))),
            to: Endpoint(destination, UInt16(port)), arrival: pick(SmallWorld.arrivals))
    }
}

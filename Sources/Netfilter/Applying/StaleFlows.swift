import Addressing
import Forwarding
import Netlink

/// Tells which flows a change has made stale: those that would not come about, or would go elsewhere, if
/// their first packet came now.
///
/// NAT sees only first packets, so a flow outlives the forward that made it, and a UDP flow with a
/// fixed port outlives it for ever. Flows of forwards that did not change are never looked at.
struct StaleFlows {
    private let edits: [ActiveEdit]
    // Places in `edits`: 60,000 copies of forwards took a third of the time of loading them.
    private let places: [ForwardID: Int]
    private let newcomers: [PortKey: [Int]]
    private let wideNewcomers: [Int]
    /// Forwards whose targets may have flows of their own that left from the external port.
    private let leavers: [Int]
    private let settings: EngineSettings
    private let mask: MarkMask
    /// Addresses that a WAN interface had and has no more, though it has another.
    private let lostAddresses: Set<IPAddress>
    /// After adoption: the only forwards that there are.
    private let present: Set<ForwardID>?

    private struct PortKey: Hashable {
        var transport: UInt8
        var port: UInt16
    }

    init(
        _ edits: [ActiveEdit], _ settings: EngineSettings, before: EngineSettings?,
        mask: MarkMask, present: Set<ForwardID>? = nil
    ) {
        var (places, narrow, wide) = ([ForwardID: Int](), [PortKey: [Int]](), [Int]())
        leavers = edits.indices.filter { edits[$0].before?.keepsPort == true }
        places.reserveCapacity(edits.count)
        narrow.reserveCapacity(edits.count)
        for (place, edit) in edits.enumerated() {
            guard let id = edit.before?.id ?? edit.after?.id else { continue }
            places[id] = place
            guard let after = edit.after else { continue }
            guard after.ports.isSingle else {
                wide.append(place)
                continue
            }
            for transport in after.transports.all {
                let key = PortKey(transport: transport.rawValue, port: after.ports.first)
                narrow[key, default: []].append(place)
            }
        }
        self.edits = edits
        self.places = places
        self.present = present
        newcomers = narrow
        wideNewcomers = wide
        self.settings = settings
        self.mask = mask
        lostAddresses = Self.replacedAddresses(before?.network, settings.network)
    }

    var isAnything: Bool { !edits.isEmpty || !lostAddresses.isEmpty || present != nil }

    /// Whether only the flows of edited forwards need to be read.
    var concernsFewForwards: [ActiveEdit]? {
        lostAddresses.isEmpty && present == nil && edits.count <= 4 && wideNewcomers.isEmpty
            ? edits : nil
    }

    /// An address that went while its interface got another one of the family: the provider gave a
    /// new one.
    ///
    /// An interface that is down altogether may come back with the same.
    private static func replacedAddresses(
        _ before: NetworkView?, _ now: NetworkView
    ) -> Set<IPAddress> {
        guard let before else { return [] }
        let present = Set(now.links.map(\.address))
        let replaced = before.links.filter { link in
            before.isWAN(link.interface) && !present.contains(link.address)
                && now.addresses(of: link.interface).contains {
                    $0.family == link.address.family
                }
        }
        return Set(replaced.map(\.address))
    }

    func isStale(_ flow: ConntrackEntry) -> Bool {
        let owner = mask.forward(of: flow.mark)
        if let owner, isOrphan(flow, of: owner) { return true }
        if let owner, TransportProtocol(rawValue: flow.original.transport) == nil {
            return edit(of: owner).map { isChangedWhole(flow, by: $0) } ?? false
        }
        guard let packet = packet(of: flow) else { return false }
        if let owner {
            if let edit = edit(of: owner) {
                return !isCarried(flow, self.packet(packet, heldBy: edit), by: edit)
            }
            return isTakenOver(flow, packet, from: owner)
        }
        if hasKeptPort(flow) { return true }
        return hasNewcomer(for: flow) {
            switch $0.fate(of: packet, in: settings.network) {
            case nil, .excepted: false
            default: true
            }
        }
    }

    /// Whether its target sent it from the external port of a forward that is not there any more: whoever
    /// it was sent to would still get in there.
    private func hasKeptPort(_ flow: ConntrackEntry) -> Bool {
        leavers.contains { place in
            guard let before = edits[place].before, before.hasSent(flow) else { return false }
            return edits[place].after?.hasSent(flow) != true
        }
    }

    /// Of protocols without ports: whether the whole address leads elsewhere now, or lets others in.
    private func isChangedWhole(_ flow: ConntrackEntry, by edit: ActiveEdit) -> Bool {
        guard let after = edit.after, after.isWhole, !after.isClosed else { return true }
        guard let before = edit.before else { return false }
        let target: IPAddress? =
            flow.reply.source.family == .v4
            ? after.target4.map(IPAddress.v4) : after.target6.map(IPAddress.v6)
        return target != flow.reply.source || before.sources != after.sources
            || before.hairpin != after.hairpin || before.rewritesSource != after.rewritesSource
    }

    /// Whether its forward is gone, or its address: whatever it carries, pings too.
    private func isOrphan(_ flow: ConntrackEntry, of owner: ForwardID) -> Bool {
        if lostAddresses.contains(flow.original.destination) { return true }
        if let present, !present.contains(owner) { return true }
        return edit(of: owner).map { $0.after == nil } ?? false
    }

    /// Whether a newcomer is looked at before the forward that has the flow: an exception, or a port of
    /// an address that was the other's as a whole.
    private func isTakenOver(
        _ flow: ConntrackEntry, _ packet: Packet, from owner: ForwardID
    ) -> Bool {
        hasNewcomer(for: flow) {
            $0.id != owner && !$0.isWhole && $0.fate(of: packet, in: settings.network) != nil
        }
    }

    private func hasNewcomer(
        for flow: ConntrackEntry, where takes: (ActiveForward) -> Bool
    ) -> Bool {
        let key = PortKey(
            transport: flow.original.transport, port: flow.original.destinationPort)
        func isTaken(by place: Int) -> Bool { edits[place].after.map(takes) ?? false }
        return newcomers[key]?.contains(where: isTaken) ?? false
            || wideNewcomers.contains(where: isTaken)
    }

    private func edit(of forward: ForwardID) -> ActiveEdit? { places[forward].map { edits[$0] } }

    private func isCarried(
        _ flow: ConntrackEntry, _ packet: Packet, by edit: ActiveEdit
    ) -> Bool {
        guard var after = edit.after else { return false }
        if let before = edit.before {
            guard before.rewritesSource == after.rewritesSource else { return false }
            // An address that is just not there at the moment makes no flow stale.
            if before.scope == after.scope {
                after.scope = .addresses([packet.destination.address])
            }
        }
        // A schedule of this kind closes for new flows only.
        after.admits = .always
        guard case .forwarded(_, let target, _) = after.fate(of: packet, in: settings.network)
        else {
            return false
        }
        return target == Endpoint(flow.reply.source, flow.reply.sourcePort)
    }

    /// A pinhole that stands at one WAN let its flows in there, and nothing in the flow says so.
    private func packet(_ packet: Packet, heldBy edit: ActiveEdit) -> Packet {
        let holder = edit.before ?? edit.after
        guard packet.destination.address.family == .v6, let wan = holder?.pinholeInterface,
            case .interface(let guess) = packet.arrival, settings.network.isWAN(guess)
        else { return packet }
        var packet = packet
        packet.arrival = .interface(wan)
        return packet
    }

    /// The first packet of the flow, as well as it can be told afterwards: a client in a subnet of an
    /// inside interface came from inside, any other from a WAN.
    private func packet(of flow: ConntrackEntry) -> Packet? {
        guard let transport = TransportProtocol(rawValue: flow.original.transport) else {
            return nil
        }
        let network = settings.network
        let source = flow.original.source
        let arrival: Packet.Arrival
        if network.isOwn(source) {
            arrival = .gateway
        } else if let inside = network.interface(towards: source), !network.isWAN(inside) {
            arrival = .interface(inside)
        } else {
            guard
                let wan = network.links.first(where: {
                    network.isWAN($0.interface) && $0.address == flow.original.destination
                })?.interface ?? network.wans.first
            else { return nil }
            arrival = .interface(wan)
        }
        return Packet(
            transport, from: Endpoint(source, flow.original.sourcePort),
            to: Endpoint(flow.original.destination, flow.original.destinationPort),
            arrival: arrival)
    }
}

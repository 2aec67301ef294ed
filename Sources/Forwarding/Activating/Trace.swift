package import Addressing

/// The first packet of a flow.
package struct Packet: Hashable, Sendable {
    package var transport: TransportProtocol
    package var source: Endpoint
    package var destination: Endpoint
    package var arrival: Arrival

    package init(
        _ transport: TransportProtocol, from source: Endpoint, to destination: Endpoint,
        arrival: Arrival
    ) {
        self.transport = transport
        self.source = source
        self.destination = destination
        self.arrival = arrival
    }

    package enum Arrival: Hashable, Sendable {
        case interface(InterfaceName)
        /// Made by a program on the gateway.
        case gateway
    }
}

/// Predicts what the gateway does with a packet: the specification that the kernel is tested against.
package struct Trace: Sendable {
    package var table: ForwardingTable
    package var surroundings: Surroundings
    package var now: Timestamp
    /// Whether new flows from a WAN to elsewhere need a forward.
    package var guarded: Bool

    package init(
        table: ForwardingTable, surroundings: Surroundings, now: Timestamp, guarded: Bool = true
    ) {
        self.table = table
        self.surroundings = surroundings
        self.now = now
        self.guarded = guarded
    }

    package func fate(of packet: Packet) -> Fate {
        let candidates = table.forwards(on: packet.destination.port, packet.transport)
            .compactMap { $0.active(in: surroundings, at: now) }
        // Few share a port, so they are put in order here and not in the table.
        for active in candidates.sorted(by: { $0.precedence < $1.precedence }) {
            let fate = active.fate(
                of: packet, in: surroundings.network, among: surroundings.engines)
            if let fate { return fate }
        }
        return fateWithoutForward(of: packet)
    }

    private func fateWithoutForward(of packet: Packet) -> Fate {
        let network = surroundings.network
        guard !network.isOwn(packet.destination.address) else { return .local }
        guard guarded, surroundings.engines.hasKernel,
            case .interface(let arrival) = packet.arrival, network.isWAN(arrival)
        else {
            return .routed
        }
        return network.interface(towards: packet.destination.address) == arrival
            ? .routed : .guarded
    }
}

extension ActiveForward {
    /// What this forward does with the packet; nil when it does not match.
    package func fate(
        of packet: Packet, in network: NetworkView, among engines: AvailableEngines = .both
    ) -> Fate? {
        guard transports.contains(packet.transport), ports.contains(packet.destination.port),
            !isException || isInScope(packet.destination.address, network)
        else { return nil }
        guard !isException else { return .excepted(id) }
        if needsRelay || !engines.hasKernel, choice(among: engines).isRelay {
            return relayedFate(of: packet, in: network)
        }
        guard let target = target(of: packet.destination, arrival: packet.arrival, in: network)
        else { return nil }
        if let refused = refusal(of: packet, in: network) { return .refused(id, refused) }
        return .forwarded(
            id, target: target, source: seenSource(of: packet, target: target, in: network))
    }

    /// Where it stands among those that match one packet: the narrower comes first, as the kernel looks
    /// (one address before every WAN, a port before a range, the whole of an address last).
    package var precedence: Int {
        if isWhole { return 4 }
        let isNarrow = ports.isSingle || isException
        return (scope == .everyWAN ? 2 : 0) + (isNarrow ? 0 : 1)
    }

    private func target(
        of destination: Endpoint, arrival: Packet.Arrival, in network: NetworkView
    ) -> Endpoint? {
        let port = targetPort(for: destination.port)
        switch destination.address {
        case .v4:
            guard let target4, isInScope(destination.address, network) else { return nil }
            return Endpoint(.v4(target4), port)
        case .v6(let address):
            guard let target6 else { return nil }
            if translatesIPv6 {
                guard isInScope(destination.address, network) else { return nil }
                return Endpoint(.v6(target6), port)
            }
            guard address == target6, case .interface(let name) = arrival, network.isWAN(name)
            else { return nil }
            return destination
        }
    }

    private func isInScope(_ address: IPAddress, _ network: NetworkView) -> Bool {
        switch scope {
        case .everyWAN: network.wanAddresses.contains(address)
        case .addresses(let addresses):
            addresses.contains(address)
                || addresses.contains { $0.isAny && $0.family == address.family }
                    && (address.isLoopback || network.isOwn(address))
        }
    }

    private func refusal(of packet: Packet, in network: NetworkView) -> RefusedEntry? {
        let source = packet.source.address
        if isClosed { return .closed }
        if sources.denies(source) { return .denied }
        guard case .interface(let name) = packet.arrival, network.isWAN(name) else {
            return hairpin ? nil : .hairpinOff
        }
        if source.family == .v6, let pinholeInterface, pinholeInterface != name {
            return .otherInterface
        }
        return sources.allows(packet.source) ? nil : .notAllowed
    }

    private func seenSource(
        of packet: Packet, target: Endpoint, in network: NetworkView
    ) -> SeenSource {
        if rewritesSource { return .gateway }
        guard target.address != packet.destination.address,
            network.shareSubnet(packet.source.address, target.address)
        else { return .client }
        return .external(packet.destination.address)
    }
}

// What the relay carries.
extension ActiveForward {
    private func relayedFate(of packet: Packet, in network: NetworkView) -> Fate? {
        guard isInScope(packet.destination.address, network),
            let target = relayedTarget(of: packet.destination)
        else { return nil }
        if let refused = refusal(of: packet, in: network) { return .refused(id, refused) }
        return .relayed(
            id, target: target.endpoint,
            source: shows(packet.source.address, to: target.endpoint, in: network)
                ? .client : .gateway)
    }

    /// In the target's own subnet it would answer the client past the gateway.
    private func shows(
        _ client: IPAddress, to target: Endpoint?, in network: NetworkView
    ) -> Bool {
        guard relay.terms.isTransparent, let target else { return false }
        return !network.shareSubnet(client, target.address)
    }

    private struct RelayedTarget {
        /// Nil for a Unix socket.
        var endpoint: Endpoint?
    }

    /// Where a relay connects to while every target is well; nil when no target can be reached.
    private func relayedTarget(of destination: Endpoint) -> RelayedTarget? {
        let relay = relay
        guard let target = relay.targets.first else { return nil }
        guard case .addresses(let place) = target.place else { return RelayedTarget() }
        let near = place.addresses.first { $0.family == destination.address.family }
        let far = relay.terms.crossesFamilies ? place.addresses.first : nil
        let port = target.ports.first + (destination.port - ports.first)
        return (near ?? far).map { RelayedTarget(endpoint: Endpoint($0, port)) }
    }
}

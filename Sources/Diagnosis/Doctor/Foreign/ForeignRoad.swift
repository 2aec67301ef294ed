import Addressing
import Forwarding
import Netfilter

/// The ways of packets of our forwards through the tables of others.
struct ForeignRoad {
    /// Where a packet does not go on for certain.
    struct Obstacle {
        var forward: String
        var packet: TracedPacket
        var hook: ForeignHook
        var verdict: ForeignVerdict
    }

    private let seen: Observations
    private let road: [ForeignHook] = [.prerouting, .forward, .postrouting]

    /// As many forwards as are followed: with a few hundred rules each takes a tenth of a
    /// millisecond.
    private static let most = 2000

    init(_ seen: Observations) { self.seen = seen }

    /// Of requests, or of the answers to them.
    func obstacles(answers: Bool) -> [Obstacle] {
        guard !seen.foreign.chains.isEmpty else { return [] }
        return seen.carriedByKernel.prefix(Self.most).flatMap { item in
            packets(of: item).compactMap { request in
                let packet = answers ? answer(to: request) : request
                return worst(of: packet).map {
                    Obstacle(
                        forward: item.name, packet: packet, hook: $0.hook, verdict: $0.verdict)
                }
            }
        }
    }

    /// What is certain, wherever on the road, counts more than an earlier doubt.
    private func worst(of packet: TracedPacket) -> (hook: ForeignHook, verdict: ForeignVerdict)? {
        let met = road.map { ($0, seen.foreign.verdict(of: packet, at: $0)) }
            .filter { !$0.1.isCertainlyPassing }
        return met.first { $0.1.isCertain } ?? met.first { !$0.1.perhapsPasses } ?? met.first
    }

    /// What others would do to requests if our table were not there: where they would send them.
    func translations() -> [Obstacle] {
        guard !seen.foreign.chains.isEmpty else { return [] }
        return seen.carriedByKernel.prefix(Self.most).flatMap { item in
            packets(of: item).compactMap { request -> Obstacle? in
                guard request.translation != nil else { return nil }
                var bare = request
                (bare.translation, bare.connectionMark) = (nil, 0)
                let verdict = seen.foreign.verdict(of: bare, at: .prerouting)
                guard case .translated = verdict else { return nil }
                return Obstacle(
                    forward: item.name, packet: request, hook: .prerouting, verdict: verdict)
            }
        }
    }

    /// First packets of clients of the internet, one for each protocol and WAN.
    private func packets(of item: Carried) -> [TracedPacket] {
        let asked = seen.askedAddresses(of: item.active)
        return item.active.transports.all.flatMap { transport in
            asked.compactMap { packet(item, transport, at: $0) }
        }
    }

    private func packet(
        _ item: Carried, _ transport: TransportProtocol, at asked: IPAddress
    ) -> TracedPacket? {
        let active = item.active
        let target: IPAddress? =
            asked.family == .v4
            ? active.target4.map(IPAddress.v4) : active.target6.map(IPAddress.v6)
        guard let target, let client = client(of: active, asked.family),
            let wan = wan(of: asked, active)
        else { return nil }
        let isPinhole = asked == target
        var packet = TracedPacket(
            transport, from: client.address, port: client.port,
            to: Endpoint(asked, active.ports.first),
            translation: isPinhole ? nil : Endpoint(target, active.targetPorts.first),
            in: wan, out: seen.network.interface(towards: target))
        packet.connectionMark = seen.mask.mark(of: item.forward.id)
        packet.ownAddresses = Set(seen.network.links.map(\.address))
        return packet
    }

    private func answer(to request: TracedPacket) -> TracedPacket {
        let from = request.translation ?? request.destination
        var packet = TracedPacket(
            request.transport, from: from.address, port: from.port,
            to: Endpoint(request.source, request.sourcePort ?? Self.clientPort),
            in: request.outInterface, out: request.inInterface)
        packet.state = .established
        packet.isReply = true
        packet.isOfTranslatedFlow = request.translation != nil
        packet.connectionMark = request.connectionMark
        packet.ownAddresses = request.ownAddresses
        return packet
    }

    /// In the range from which clients take theirs (RFC 6335 section 6).
    private static let clientPort: UInt16 = 50_000

    /// Somebody whom the forward lets in; anybody where it lets in all.
    private func client(of active: ActiveForward, _ family: AddressFamily) -> Endpoint? {
        let sources = active.sources
        let allowed = sources.allowed.first { $0.family == family }.map {
            Endpoint($0.base, Self.clientPort)
        }
        let peer = sources.peers.first { $0.prefix.family == family }.map {
            Endpoint($0.prefix.base, $0.port ?? Self.clientPort)
        }
        if let client = allowed ?? peer { return sources.denies(client.address) ? nil : client }
        guard sources.isAnywhere else { return nil }
        let anybody =
            family == .v4
            ? IPAddress.v4(IPv4Address(198, 41, 0, 4)) : IPAddress("2001:503:ba3e::2:30")
        return anybody.map { Endpoint($0, Self.clientPort) }
    }

    private func wan(of asked: IPAddress, _ active: ActiveForward) -> InterfaceName? {
        seen.network.wans.first { seen.network.addresses(of: $0).contains(asked) }
            ?? active.pinholeInterface
            ?? seen.network.wans.first { wan in
                seen.network.addresses(of: wan).contains { $0.family == asked.family }
            }
    }
}

extension ForeignVerdict {
    fileprivate var isCertain: Bool {
        if case .unsure = self { false } else { true }
    }

    fileprivate var perhapsPasses: Bool {
        if case .unsure(_, .passes) = self { true } else { false }
    }
}

package import Addressing
package import Forwarding
package import Netfilter
import Netlink

/// Where a packet goes, as far as tables decide: ours, and those of others before the routing.
package struct JourneyRoad: Sendable {
    package let question: JourneyQuestion
    package let situation: Trace
    package let fate: Fate
    /// The forward that has the packet, or refuses it.
    package let forward: Forward?
    /// What others do before the routing.
    package let entrance: ForeignVerdict
    /// Where it goes on to.
    package let place: Endpoint
    /// Whether a rule of another sends it to where our table would not.
    let isTakenElsewhere: Bool
    let mark: UInt32

    package init(
        _ question: JourneyQuestion, _ situation: Trace, _ ruleset: ForeignRuleset,
        mask: MarkMask = .standard
    ) {
        self.question = question
        self.situation = situation
        fate = situation.fate(of: question.packet)
        forward = fate.forward.flatMap { situation.table[$0] }
        mark = fate.isRelayed ? 0 : forward.map { mask.mark(of: $0.id) } ?? 0
        // What the relay takes is translated by nobody.
        let ours = fate.isRelayed ? nil : fate.target
        entrance = ruleset.verdict(
            of: Self.packet(question, situation, mark, ours, out: nil), at: .prerouting)
        let own = Self.redirected(question, situation.surroundings.network)
        let elsewhere = entrance.place(for: question.destination, own: own)
        isTakenElsewhere = elsewhere != nil
        place = elsewhere ?? ours ?? question.destination
    }

    /// Whether it ends at a program of the gateway, which the relay is, too.
    package var isLocal: Bool { network.isOwn(place.address) || isRelayed }

    /// Whether the relay takes it.
    package var isRelayed: Bool { fate.isRelayed && !isTakenElsewhere }

    /// Why it is the relay; nil where the kernel carries it.
    var relayReason: RelayReason? {
        guard isRelayed, let forward,
            case .relay(let reason) = forward.engineChoice(
                among: situation.surroundings.engines)
        else { return nil }
        return reason
    }

    package var network: NetworkView { situation.surroundings.network }

    package var isFromWAN: Bool { network.isWAN(question.arrival) }

    /// Whether the target sees the client's own address.
    package var keepsSource: Bool {
        fate.seenSource.map { $0 == .client } ?? true
    }

    /// The gateway's address that a redirection leads to: one of the arrival interface.
    private static func redirected(
        _ question: JourneyQuestion, _ network: NetworkView
    ) -> IPAddress {
        let asked = question.destination.address
        let own = network.addresses(of: question.arrival).filter { $0.family == asked.family }
        return own.contains(asked) ? asked : own.first ?? asked
    }

    /// The packet, for the rules of others.
    func packet(out interface: InterfaceName?) -> TracedPacket {
        let isMoved = place != question.destination
        return Self.packet(question, situation, mark, isMoved ? place : nil, out: interface)
    }

    /// The answer to it, as it comes from the target.
    func answer(from interface: InterfaceName?, out: InterfaceName?) -> TracedPacket {
        let client = Endpoint(question.source, question.sourcePort ?? 0)
        var answer = TracedPacket(
            question.transport, from: place.address, port: place.port, to: client, in: interface,
            out: out)
        answer.state = .established
        answer.isReply = true
        answer.isOfTranslatedFlow = place != question.destination
        answer.connectionMark = mark
        answer.ownAddresses = Set(network.links.map(\.address))
        return answer
    }

    private static func packet(
        _ question: JourneyQuestion, _ situation: Trace, _ mark: UInt32, _ target: Endpoint?,
        out interface: InterfaceName?
    ) -> TracedPacket {
        var packet = TracedPacket(
            question.transport, from: question.source, port: question.sourcePort,
            to: question.destination,
            translation: target == question.destination ? nil : target, in: question.arrival,
            out: interface)
        packet.connectionMark = mark
        packet.ownAddresses = Set(situation.surroundings.network.links.map(\.address))
        return packet
    }
}

extension Fate {
    /// The exception that leaves it to the gateway.
    var exception: ForwardID? {
        guard case .excepted(let id) = self else { return nil }
        return id
    }
}

extension ForeignVerdict {
    /// Where a rule sends a packet for certain; nil when none does.
    ///
    /// - Parameter own: the gateway's address that a redirection leads to.
    func place(for destination: Endpoint, own: IPAddress) -> Endpoint? {
        guard case .translated(_, let target) = self else { return nil }
        return switch target {
        case .place(let address, let port):
            Endpoint(address ?? destination.address, port ?? destination.port)
        case .gateway(let port): Endpoint(own, port ?? destination.port)
        }
    }
}

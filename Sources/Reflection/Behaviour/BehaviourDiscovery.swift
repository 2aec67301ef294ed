package import Addressing
package import LinuxKit
import Wire

/// Finds out how what stands between maps, filters and hairpins (RFC 5780 sections 4.3 to 4.5).
///
/// Theory of operation. All servers are asked through one socket first. One that names another address
/// of its own is asked there, too: whether it sees the same port tells the mapping (M1 to M3). A fresh
/// socket, which never sent to that other address, asks for answers from there: whether they come tells
/// the filtering (F1 to F3). A third sends to what the first is seen as. Where no server has another
/// address, two servers that see the same port stand in for M1 to M3.
package struct BehaviourDiscovery: Sendable {
    private let own: IPAddress
    private let device: InterfaceName?

    /// - Parameters:
    ///   - own: the address to ask from.
    ///   - device: the interface that has it; where we may not insist on it, routing chooses.
    package init(from own: IPAddress, on device: InterfaceName? = nil) {
        (self.own, self.device) = (own, device)
    }

    /// Waits up to five seconds: call it on a thread that may.
    package func discover(with servers: [Endpoint]) throws(KernelError) -> NATBehaviour {
        let conversation = STUNConversation(socket: try socket())
        let servers = servers.filter { $0.address.family == own.family }
        let answers = try conversation.ask(servers.map { STUNConversation.Question($0) })
        let seen = answers.map { $0?.sighting }
        var behaviour = NATBehaviour(own: conversation.socket.place)
        behaviour.sightings = zip(servers, seen).map { NATBehaviour.Sighting($0, $1?.mapped) }
        let able = zip(servers, seen).lazy.compactMap { AbleServer($0, $1) }.first
        // Answers that are filtered are waited for in vain, in both parts: so at the same time.
        let known = behaviour
        let parts = try KernelThread.together(2) { part in
            part == 0
                ? Self.attempt { () throws(KernelError) in try mapping(conversation, able, known) }
                : Self.attempt { () throws(KernelError) in .filtering(try filtering(able)) }
        }
        for part in parts { behaviour.take(try part.get()) }
        return behaviour
    }

    /// Something found, or why it could not be looked for.
    private static func attempt(
        _ body: () throws(KernelError) -> NATBehaviour.Part
    ) -> Result<NATBehaviour.Part, KernelError> {
        do throws(KernelError) { return .success(try body()) } catch { return .failure(error) }
    }

    private func mapping(
        _ conversation: STUNConversation, _ able: AbleServer?, _ known: NATBehaviour
    ) throws(KernelError) -> NATBehaviour.Part {
        let seen = known.sightings.map(\.mapped)
        guard let first = able?.mapped ?? seen.lazy.compactMap(\.self).first else {
            return .mapping(nil, hairpins: nil)
        }
        var found = MappingBehaviour(own: known.own, seenBy: seen)
        if let able, found != MappingBehaviour.none {
            let answers = try conversation.ask([
                STUNConversation.Question(able.otherAddress),
                STUNConversation.Question(able.otherPlace),
            ]).map { $0?.sighting?.mapped }
            found =
                MappingBehaviour(
                    own: known.own, seen: first, atOtherAddress: answers[0],
                    atOtherPlace: answers[1]) ?? found
        }
        guard first != known.own else { return .mapping(found, hairpins: nil) }
        let hairpins = try conversation.hears(from: try socket(), sentTo: first)
        return .mapping(found, hairpins: hairpins)
    }

    private func filtering(_ able: AbleServer?) throws(KernelError) -> FilteringBehaviour? {
        guard let able else { return nil }
        let conversation = STUNConversation(socket: try socket())
        let opened = try conversation.ask([STUNConversation.Question(able.place)])
        guard opened[0] != nil else { return nil }
        let answers = try conversation.ask([
            STUNConversation.Question(
                able.place, [.address, .port], answersFrom: able.otherPlace),
            STUNConversation.Question(able.place, .port, answersFrom: able.otherPort),
        ])
        // A refusal comes from the place that was asked, and is not taken for an answer.
        return FilteringBehaviour(
            fromOtherPlace: answers[0] != nil, fromOtherPort: answers[1] != nil)
    }

    private func socket() throws(KernelError) -> DatagramSocket {
        let place = Endpoint(own, 0)
        do throws(KernelError) { return try DatagramSocket(at: place, on: device) } catch {
            // Not everybody may choose the interface (CAP_NET_RAW before Linux 5.7).
            guard device != nil, error.code == ErrorNumber.notPermitted else { throw error }
            return try DatagramSocket(at: place)
        }
    }
}

/// A server that can answer from elsewhere, and how it saw us at first.
private struct AbleServer {
    let place: Endpoint
    let mapped: Endpoint
    let otherPlace: Endpoint

    var otherAddress: Endpoint { Endpoint(otherPlace.address, place.port) }
    var otherPort: Endpoint { Endpoint(place.address, otherPlace.port) }

    init?(_ place: Endpoint, _ sighting: STUNSighting?) {
        guard let sighting, let other = sighting.other,
            other.address.family == place.address.family, other.address != place.address,
            other.port != place.port, other.port != 0
        else { return nil }
        (self.place, mapped, otherPlace) = (place, sighting.mapped, other)
    }
}

extension NATBehaviour {
    fileprivate enum Part: Sendable {
        case mapping(MappingBehaviour?, hairpins: Bool?)
        case filtering(FilteringBehaviour?)
    }

    fileprivate mutating func take(_ part: Part) {
        switch part {
        case .mapping(let mapping, let hairpins):
            (self.mapping, self.hairpins) = (mapping, hairpins)
        case .filtering(let filtering): self.filtering = filtering
        }
    }
}

package import Addressing

/// Several WANs: which number each has, and what leaves by it.
extension NetworkView {
    /// The numbers that flows are marked with by the WAN that they came in by: its place in the list,
    /// from 1.
    ///
    /// None while there is only one WAN: all answers leave by it anyway. A WAN that is down keeps its
    /// number, since flows that came in by it carry it.
    package var numberedWANs: [(number: Int, name: InterfaceName)] {
        guard answersFollow, wans.count > 1 else { return [] }
        return zip(1...Self.mostWANs, wans).map { (number: $0, name: $1) }
    }

    /// What four bits of a mark can tell apart.
    private static let mostWANs = 15

    package func number(of wan: InterfaceName) -> Int? {
        numberedWANs.first { $0.name == wan }?.number
    }

    /// The WANs in the order in which devices are told of them: by which their traffic leaves, then as
    /// they were named.
    package var wansByUse: [InterfaceName] {
        guard let defaultExit, isWAN(defaultExit) else { return wans }
        return [defaultExit] + wans.filter { $0 != defaultExit }
    }

    /// Whether the answers to what comes in by this WAN leave by it, whatever the default route.
    package func routesAnswers(by wan: InterfaceName) -> Bool {
        number(of: wan) != nil && exits[wan]?.isEmpty == false
    }
}

extension Trace {
    /// The WAN that the answers to a forwarded packet leave by since the packet came in there; nil where
    /// the machine's own routes decide.
    package func answerWAN(for packet: Packet) -> InterfaceName? {
        guard case .interface(let arrival) = packet.arrival,
            case .forwarded = fate(of: packet), network.number(of: arrival) != nil
        else { return nil }
        let family = packet.destination.address.family
        return network.exits[arrival]?.contains { $0.family == family } == true ? arrival : nil
    }

    private var network: NetworkView { surroundings.network }
}

import Addressing

/// What rules have changed about a packet, and what has become open by them.
struct PacketChanges: Hashable {
    var packetMark: PartlyKnown
    var connectionMark: PartlyKnown
    /// Whether something was written into the packet.
    var isMangled = false
    /// Whether it was taken out of the tracking of flows.
    var isUntracked = Answer.no
    /// Whether its sender may have been replaced.
    var isSourceOpen = false

    init(_ packet: TracedPacket) {
        packetMark = packet.packetMark.map { PartlyKnown(host: $0) } ?? PartlyKnown(unknown: 4)
        connectionMark =
            packet.connectionMark.map { PartlyKnown(host: $0) } ?? PartlyKnown(unknown: 4)
    }
}

/// The packet as one chain sees it.
struct PacketView {
    let packet: TracedPacket
    let hook: ForeignHook
    let priority: Int32
    let isNAT: Bool
    var changes: PacketChanges
    let interfaceNumbers: [InterfaceName: UInt32]

    /// What loading a field gives.
    enum Field {
        case value(PartlyKnown, excluding: [UInt8]? = nil)
        /// The kernel ends the rule here.
        case ends
        case open(String)
    }

    var family: AddressFamily { packet.destination.address.family }

    /// Where it goes at this place; nil where the order of things is not known.
    var destination: Endpoint? {
        guard let translation = packet.translation else { return packet.destination }
        switch isPastTranslation {
        case .yes: return translation
        case .no: return packet.destination
        case .open: return nil
        }
    }

    /// Whether the kernel's translation of destinations lies behind it.
    var isPastTranslation: Answer {
        guard hook.isEntrance else { return .yes }
        if isNAT { return .no }
        return priority == hook.natPriority ? .open : Answer(priority > hook.natPriority)
    }

    var source: IPAddress? { changes.isSourceOpen ? nil : packet.source }
    var sourcePort: UInt16? { changes.isSourceOpen ? nil : packet.sourcePort }

    /// Whether the kernel has looked the flow up (`nf_conntrack` at -200), or was told not to.
    var isTracked: Answer {
        let isLookedUp: Answer =
            !hook.isEntrance || priority > -200 ? .yes : priority == -200 ? .open : .no
        return isLookedUp && !changes.isUntracked
    }

    func isLocal(_ address: IPAddress) -> Answer {
        if address.octets.count == 4, address.octets[0] == 127 { return .yes }
        guard let own = packet.ownAddresses else { return .open }
        return Answer(own.contains(address) || address.octets == IPv6Address.loopbackOctets)
    }
}

extension IPv6Address {
    fileprivate static let loopbackOctets = [UInt8](repeating: 0, count: 15) + [1]
}

// The headers.
extension PacketView {
    func payload(base: UInt32, offset: UInt32, length: UInt32) -> Field {
        let header = base == 1 ? network : transport
        guard (1...2).contains(base), !changes.isMangled, offset < 1000, (1...64).contains(length)
        else { return .open("payload") }
        let piece = header[Int(offset)..<Int(offset + length)]
        return piece.count == Int(length) ? .value(piece) : .open("payload")
    }

    private var network: PartlyKnown { family == .v4 ? ipv4 : ipv6 }

    private var ipv4: PartlyKnown {
        var header = PartlyKnown(unknown: 20)
        header.replace(at: 0, with: PartlyKnown([0x45]))
        // No fragment, and no telling whether it might become one.
        header.replace(at: 6, with: PartlyKnown(values: [0, 0], known: [0x3f, 0xff]))
        header.replace(at: 9, with: PartlyKnown([packet.transport.rawValue]))
        source.map { header.replace(at: 12, with: PartlyKnown($0.octets)) }
        destination.map { header.replace(at: 16, with: PartlyKnown($0.address.octets)) }
        return header
    }

    private var ipv6: PartlyKnown {
        var header = PartlyKnown(unknown: 40)
        header.replace(at: 0, with: PartlyKnown(values: [0x60], known: [0xf0]))
        header.replace(at: 6, with: PartlyKnown([packet.transport.rawValue]))
        source.map { header.replace(at: 8, with: PartlyKnown($0.octets)) }
        destination.map { header.replace(at: 24, with: PartlyKnown($0.address.octets)) }
        return header
    }

    private var transport: PartlyKnown {
        var header = PartlyKnown(unknown: packet.transport == .tcp ? 20 : 8)
        sourcePort.map { header.replace(at: 0, with: Self.port($0)) }
        destination.map { header.replace(at: 2, with: Self.port($0.port)) }
        guard packet.transport == .tcp else { return header }
        header.replace(at: 13, with: tcpFlags)
        return header
    }

    /// The first packet is a SYN, with which the bits of ECN may be set; later ones have ACK.
    private var tcpFlags: PartlyKnown {
        packet.state == .new && !packet.isReply
            ? PartlyKnown(values: [0x02], known: [0x3f])
            : PartlyKnown(values: [0x10], known: [0x10])
    }

    static func port(_ port: UInt16) -> PartlyKnown {
        PartlyKnown([UInt8(port >> 8), UInt8(truncatingIfNeeded: port)])
    }
}

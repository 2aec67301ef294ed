import Addressing
import Netlink

// Matches of iptables.
extension PacketView {
    func matches(_ match: CompatMatch) -> Answer {
        switch match {
        case .tcp(let ports, let flags, let flagsInverted):
            guard packet.transport == .tcp else { return .no }
            let isFlagged: Answer
            if flags.mask == 0 {
                isFlagged = .yes
            } else if case .value(let byte, _) = payload(base: 2, offset: 13, length: 1) {
                isFlagged = byte.masked([UInt8(truncatingIfNeeded: flags.mask)], xor: [0])
                    .equals([UInt8(truncatingIfNeeded: flags.value)])
            } else {
                isFlagged = .open
            }
            return matches(ports) && (flagsInverted ? !isFlagged : isFlagged)
        case .udp(let ports): return packet.transport == .udp ? matches(ports) : .no
        case .multiport(let multiport): return matches(multiport)
        case .conntrack(let asked): return matches(asked)
        case .addressType(let asked): return matches(asked)
        case .comment: return .yes
        case .mark(let asked, let isInverted):
            return Self.matches(changes.packetMark, asked, isInverted)
        case .connectionMark(let asked, let isInverted):
            switch conntrack(3, direction: nil) {
            case .value(let mark, _): return Self.matches(mark, asked, isInverted)
            case .ends: return .no
            case .open: return .open
            }
        case .addressRange(let asked): return matches(asked)
        case .unknown: return .open
        }
    }

    private static func matches(
        _ mark: PartlyKnown, _ asked: CompatMatch.Masked, _ isInverted: Bool
    ) -> Answer {
        let mask = PartlyKnown(host: asked.mask).values
        let answer = mark.masked(mask, xor: [0, 0, 0, 0])
            .equals(PartlyKnown(host: asked.value).values)
        return isInverted ? !answer : answer
    }

    private var ports: (source: UInt16?, destination: UInt16?) {
        changes.isMangled ? (nil, nil) : (sourcePort, destination?.port)
    }

    private func matches(_ asked: CompatPorts) -> Answer {
        let isFrom = Self.lies(ports.source, in: asked.source, asked.sourceInverted)
        let isTo = Self.lies(ports.destination, in: asked.destination, asked.destinationInverted)
        return isFrom && isTo
    }

    private static func lies(
        _ port: UInt16?, in range: ClosedRange<UInt16>?, _ isInverted: Bool
    ) -> Answer {
        guard let range else { return Answer(isInverted) }
        guard range != 0...0xffff else { return Answer(!isInverted) }
        return port.map { Answer(range.contains($0) != isInverted) } ?? .open
    }

    private func matches(_ asked: CompatMultiport) -> Answer {
        func isAmong(_ port: UInt16?) -> Answer {
            asked.ports.reduce(.no) { $0 || Self.lies(port, in: $1, false) }
        }
        let answer =
            switch asked.side {
            case .source: isAmong(ports.source)
            case .destination: isAmong(ports.destination)
            case .either: isAmong(ports.source) || isAmong(ports.destination)
            }
        return asked.isInverted ? !answer : answer
    }

    private func matches(_ asked: CompatConntrack) -> Answer {
        var answer: Answer = asked.hasMore ? .open : .yes
        if let states = asked.states {
            let found = hasState(states)
            answer = answer && (asked.statesInverted ? !found : found)
        }
        guard asked.status != nil || asked.direction != nil || asked.hasMore else { return answer }
        // Without a flow there is nothing to compare.
        answer = answer && isTracked
        if let status = asked.status {
            let found = Self.hasAny(connectionStatus, of: status)
            answer = answer && (asked.statusInverted ? !found : found)
        }
        if let direction = asked.direction {
            answer = answer && Answer((direction == 1) == packet.isReply)
        }
        return answer
    }

    private func hasState(_ states: UInt32) -> Answer {
        let bits = CompatConntrack.State.self
        guard let bit = connectionStateBit else { return .open }
        var found = Answer(states & (bit == 0x40 ? bits.untracked : bit) != 0)
        if states & bits.sourceTranslated != 0 {
            found = found || Self.hasAny(connectionStatus, of: 0x10) && isTracked
        }
        if states & bits.destinationTranslated != 0 {
            found = found || Self.hasAny(connectionStatus, of: 0x20) && isTracked
        }
        return found
    }

    private static func hasAny(_ word: PartlyKnown, of bits: UInt32) -> Answer {
        !word.masked(PartlyKnown(host: bits).values, xor: [0, 0, 0, 0]).equals([0, 0, 0, 0])
    }

    private func matches(_ asked: CompatAddressType) -> Answer {
        let isFrom = isOfType(source, asked.source, asked.sourceInverted)
        let isTo = isOfType(destination?.address, asked.destination, asked.destinationInverted)
        let answer = isFrom && isTo
        return asked.limitsInterface && answer == .yes ? .open : answer
    }

    /// Bit 2 stands for local addresses (`RTN_LOCAL`).
    private func isOfType(_ address: IPAddress?, _ types: UInt16, _ isInverted: Bool) -> Answer {
        guard types != 0 else { return .yes }
        guard let address else { return .open }
        let answer: Answer
        switch isLocal(address) {
        case .yes: answer = Answer(types & 4 != 0)
        case .no: answer = types & ~4 == 0 ? .no : .open
        case .open: answer = .open
        }
        return isInverted ? !answer : answer
    }

    private func matches(_ asked: CompatAddressRange) -> Answer {
        func lies(_ address: IPAddress?, _ bounds: CompatAddressRange.Bounds?, _ inverted: Bool)
            -> Answer
        {
            guard let bounds else { return .yes }
            guard let octets = address?.octets, !changes.isMangled else { return .open }
            let answer = PartlyKnown(octets).isWithin(
                Array(bounds.first.prefix(octets.count)), Array(bounds.last.prefix(octets.count)))
            return inverted ? !answer : answer
        }
        return lies(source, asked.source, asked.sourceInverted)
            && lies(destination?.address, asked.destination, asked.destinationInverted)
    }
}

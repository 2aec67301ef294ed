import Addressing

// What the kernel knows besides the packet's bytes: `meta`, `ct`, `fib`.
extension PacketView {
    func meta(_ key: UInt32) -> Field {
        switch key {
        case 1: .value(PartlyKnown(family == .v4 ? [0x08, 0x00] : [0x86, 0xdd]))
        case 3: .value(changes.packetMark)
        case 4: number(of: inInterface)
        case 5: number(of: outInterface)
        case 6: name(of: inInterface)
        case 7: name(of: outInterface)
        case 15: .value(PartlyKnown([family == .v4 ? 2 : 10]))
        case 16: .value(PartlyKnown([packet.transport.rawValue]))
        // From another machine, and meant for this one.
        case 19 where packet.inInterface != nil: .value(PartlyKnown([0]))
        default: .open("meta")
        }
    }

    private enum Interface {
        case none, open
        case known(InterfaceName)
    }

    private var inInterface: Interface {
        guard hook != .output, let name = packet.inInterface else { return .none }
        return .known(name)
    }

    private var outInterface: Interface {
        switch hook {
        case .prerouting, .input: .none
        case .forward, .output, .postrouting: packet.outInterface.map { .known($0) } ?? .open
        }
    }

    private func name(of interface: Interface) -> Field {
        switch interface {
        case .none: return .value(PartlyKnown([UInt8](repeating: 0, count: 16)))
        case .open: return .open("oifname")
        case .known(let name):
            let bytes = Array(name.text.utf8)
            return .value(PartlyKnown(bytes + [UInt8](repeating: 0, count: 16 - bytes.count)))
        }
    }

    private func number(of interface: Interface) -> Field {
        switch interface {
        case .none: return .value(PartlyKnown(host: 0))
        case .open: return .open("oif")
        case .known(let name):
            if name.text == "lo" { return .value(PartlyKnown(host: 1)) }
            if let number = interfaceNumbers[name] { return .value(PartlyKnown(host: number)) }
            return .value(PartlyKnown(unknown: 4), excluding: [1, 0, 0, 0])
        }
    }

    func conntrack(_ key: UInt32, direction: UInt8?) -> Field {
        if key == 0 { return connectionState }
        switch isTracked {
        case .yes: break
        case .no: return .ends
        case .open: return .open("ct")
        }
        switch key {
        case 1: return .value(PartlyKnown([packet.isReply ? 1 : 0]))
        case 2: return .value(connectionStatus)
        case 3: return .value(connectionMark)
        case 7: return .value(PartlyKnown([family == .v4 ? 2 : 10]))
        case 10: return .value(PartlyKnown([packet.transport.rawValue]))
        default: return direction == 0 && !packet.isReply ? original(key) : .open("ct")
        }
    }

    /// The addresses and ports with which the flow was opened.
    private func original(_ key: UInt32) -> Field {
        let destination = packet.destination
        switch (key, family) {
        case (8, _), (19, .v4), (21, .v6): return .value(PartlyKnown(packet.source.octets))
        case (9, _), (20, .v4), (22, .v6): return .value(PartlyKnown(destination.address.octets))
        case (11, _): return packet.sourcePort.map { .value(Self.port($0)) } ?? .open("ct")
        case (12, _): return .value(Self.port(destination.port))
        default: return .open("ct")
        }
    }

    /// The bit of the state; without a flow it is `invalid`, or `untracked` where that was asked
    /// for.
    var connectionStateBit: UInt32? {
        switch (isTracked, changes.isUntracked) {
        case (.yes, _): packet.state == .new ? 8 : 2
        case (_, .yes): 0x40
        case (.no, .no): 1
        default: nil
        }
    }

    private var connectionState: Field {
        connectionStateBit.map { .value(PartlyKnown(host: $0)) } ?? .open("ct state")
    }

    var connectionStatus: PartlyKnown {
        let isNew = packet.state == .new
        let isMoved: Answer = Answer(packet.isTranslated) && (isNew ? isPastTranslation : .yes)
        // expected, seen-reply, assured, confirmed; snat only where nothing can have been done yet.
        var known: UInt32 = isNew ? 0x0f : 0x0a
        let isBeforeSource = hook == .prerouting || hook == .forward || hook == .output
        if isNew, isBeforeSource || priority < 100 { known |= 0x10 }
        if isMoved != .open { known |= 0x20 }
        let value: UInt32 = (isNew ? 0 : 0x0a) | (isMoved == .yes ? 0x20 : 0)
        return PartlyKnown(host: value & known, known: known)
    }

    /// Our table sets it at -199, for the first packet of a flow.
    private var connectionMark: PartlyKnown {
        guard hook.isEntrance, packet.state == .new, priority <= -199 else {
            return changes.connectionMark
        }
        return priority < -199 ? PartlyKnown(host: 0) : PartlyKnown(unknown: 4)
    }

    /// The kind of an address: local or not is all that can be said.
    func fib(result: UInt32, flags: UInt32) -> Field {
        let address = flags == 1 ? source : flags == 2 ? destination?.address : nil
        guard result == 3, let address else { return .open("fib") }
        switch isLocal(address) {
        case .yes: return .value(PartlyKnown(host: 2))
        case .no: return .value(PartlyKnown(unknown: 4), excluding: [2, 0, 0, 0])
        case .open: return .open("fib")
        }
    }
}

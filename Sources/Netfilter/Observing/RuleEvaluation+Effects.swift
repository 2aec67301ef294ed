import Addressing
import Netlink

// What a rule changes, and where it sends to.
extension RuleEvaluation {
    mutating func change(by expression: DumpedExpression) {
        switch expression {
        case .setMeta(key: 3, let register):
            setMark(registers.value(register, count: 4), \.packetMark)
        case .setConntrack(key: 3, let register):
            setMark(registers.value(register, count: 4), \.connectionMark)
        case .writePayload: view.changes.isMangled = true
        case .notrack:
            guard view.isTracked != .yes else { return }
            if view.changes.isUntracked != .yes {
                view.changes.isUntracked = isSettled ? .yes : .open
            }
        default: break
        }
    }

    /// Whether the rule is reached and matches for certain.
    private var isSettled: Bool { isCertain && doubt == nil }

    /// Where it is open whether the mark is set, only what is the same either way is known.
    mutating func setMark(
        _ mark: PartlyKnown, _ place: WritableKeyPath<PacketChanges, PartlyKnown>
    ) {
        guard !isSettled else { return view.changes[keyPath: place] = mark }
        if view.changes[keyPath: place] != mark {
            view.changes[keyPath: place] = PartlyKnown(unknown: 4)
        }
    }

    /// Parts of the kernel, and of newer ones, that have no case of their own.
    mutating func meet(unknown name: String) -> Bool {
        registers.forget()
        switch name {
        case "dup", "flow_offload", "last", "secmark": return true
        case "dynset", "quota", "connlimit", "numgen", "hash", "exthdr", "rt", "socket", "osf",
            "tunnel", "xfrm", "inner", "bitwise", "meta", "ct", "payload", "cmp", "range",
            "byteorder", "lookup", "fib":
            doubt(.notUnderstood(name))
            return true
        case "tproxy", "synproxy", "fwd":
            decide(.unforeseen(.decidedElsewhere(name)))
            return false
        default:
            doubt(.notUnderstood(name))
            decide(.unforeseen(.notUnderstood(name)))
            return true
        }
    }

    func target(of nat: DumpedNAT) -> ForeignTarget {
        let isOne = nat.lastAddress == nil || nat.lastAddress == nat.address
        let width = view.family == .v4 ? 4 : 16
        let octets = isOne ? nat.address.flatMap { registers.value($0, count: width).bytes } : nil
        let isOnePort = nat.lastPort == nil || nat.lastPort == nat.port
        return .place(
            octets.flatMap { IPAddress(octets: $0) }, isOnePort ? nat.port.flatMap(port) : nil)
    }

    func port(_ register: UInt32) -> UInt16? {
        registers.value(register, count: 2).bytes.map { $0.big16(0) }
    }

    static func target(of nat: CompatNAT, _ family: AddressFamily) -> ForeignTarget {
        let octets = nat.address?.prefix(family == .v4 ? 4 : 16)
        return .place(octets.flatMap { IPAddress(octets: $0) }, nat.port)
    }
}

/// What iptables asks of the flow (`xt_conntrack_mtinfo1` to `3`).
package struct CompatConntrack: Hashable, Sendable {
    /// Nil when the state does not matter.
    package var states: UInt32?
    package var statesInverted: Bool
    /// Bits as in `IPS_*`; nil when they do not matter.
    package var status: UInt32?
    package var statusInverted: Bool
    /// 0 original, 1 reply; nil when it does not matter.
    package var direction: UInt8?
    /// Whether it asks for something else, too: addresses, ports, time.
    package var hasMore: Bool

    /// Bits of `states`.
    package enum State {
        package static let invalid: UInt32 = 0x1
        package static let established: UInt32 = 0x2
        package static let related: UInt32 = 0x4
        package static let new: UInt32 = 0x8
        package static let sourceTranslated: UInt32 = 0x40
        package static let destinationTranslated: UInt32 = 0x80
        package static let untracked: UInt32 = 0x100
    }

    init(states: UInt32) {
        self.states = states
        statesInverted = false
        status = nil
        statusInverted = false
        direction = nil
        hasMore = false
    }

    init?(_ info: [UInt8], revision: UInt32) {
        guard info.count >= (revision == 1 ? 152 : 154) else { return nil }
        let (asked, inverted) = (info.host16(146), info.host16(148))
        let isWide = revision > 1
        let stateBits = isWide ? UInt32(info.host16(150)) : UInt32(info[150])
        let statusBits = isWide ? UInt32(info.host16(152)) : UInt32(info[151])
        states = asked & 1 != 0 ? stateBits : nil
        statesInverted = inverted & 1 != 0
        status = asked & 0x40 != 0 ? statusBits : nil
        statusInverted = inverted & 0x40 != 0
        direction = asked & 0x1000 != 0 ? (inverted & 0x1000 != 0 ? 1 : 0) : nil
        hasMore = asked & ~0x1041 != 0
    }
}

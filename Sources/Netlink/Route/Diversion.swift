/// Has everything that comes in by one interface come in by another instead.
///
/// As tc(8) would write it:
///
///     tc qdisc add dev FROM ingress
///     tc filter add dev FROM parent ffff: protocol all prio 1 u32 match u32 0 0 \
///        action mirred ingress redirect dev TO
///
/// A packet that was diverted so is to all that follows one that the wire of `to` brought. Queues and
/// filters go with their interface.
package struct Diversion: Hashable, Sendable {
    /// Numbers of interfaces.
    package var from: UInt32
    package var to: UInt32

    package init(from: UInt32, to: UInt32) {
        self.from = from
        self.to = to
    }

    /// The place for rules on what comes in (`TC_H_INGRESS`, and the handle that goes with it).
    private static let ingress: UInt32 = 0xffff_fff1
    private static let handle: UInt32 = 0xffff_0000

    /// RTM_NEWQDISC.
    package func writeQueue(sequence: UInt32, to writer: inout MessageWriter) {
        writer.message(header(36, sequence)) {
            $0.fixed(place(handle: Self.handle, parent: Self.ingress, info: 0))
            $0.string(1, "ingress")
        }
    }

    /// RTM_NEWTFILTER; every protocol (`ETH_P_ALL` in network order), first priority.
    package func writeFilter(sequence: UInt32, to writer: inout MessageWriter) {
        writer.message(header(44, sequence)) { message in
            message.fixed(place(handle: 0, parent: Self.handle, info: 0x0001_0300))
            message.string(1, "u32")
            message.nest(2) { options in
                options.nest(7) { $0.nest(1, writeAction) }
                // Ends the search, one key, which compares nothing.
                options.bytes(5, [1, 0, 1] + [UInt8](repeating: 0, count: 29))
            }
        }
    }

    private func writeAction(to action: inout MessageWriter) {
        action.string(1, "mirred")
        action.nest(2) {
            // `struct tc_mirred`: the packet is taken away (TC_ACT_STOLEN) and comes in elsewhere
            // (TCA_INGRESS_REDIR).
            let fields: [UInt32] = [0, 0, 4, 0, 0, 3, to]
            $0.bytes(2, fields.flatMap(\.hostBytes))
        }
    }

    private func header(_ type: UInt16, _ sequence: UInt32) -> MessageHeader {
        MessageHeader(
            type: type, flags: [.request, .acknowledge, .create, .exclusive], sequence: sequence)
    }

    /// `struct tcmsg`.
    private func place(handle: UInt32, parent: UInt32, info: UInt32) -> [UInt8] {
        [0, from, handle, parent, info].flatMap(\.hostBytes)
    }
}

/// Brings an interface up that is to have no IPv6 address of its own making.
package struct InterfaceStart: Hashable, Sendable {
    package var index: UInt32
    package var mtu: UInt32

    package init(index: UInt32, mtu: UInt32) {
        self.index = index
        self.mtu = mtu
    }

    /// RTM_NEWLINK: no address is made (IN6_ADDR_GEN_MODE_NONE); refused where IPv6 is switched off.
    package func writeQuiet(sequence: UInt32, to writer: inout MessageWriter) {
        writer.message(header(sequence)) { message in
            message.fixed(fields(flags: 0))
            message.nest(26) { $0.nest(10) { $0.byte(8, 1) } }
        }
    }

    /// RTM_NEWLINK: up, with its size.
    package func writeUp(sequence: UInt32, to writer: inout MessageWriter) {
        writer.message(header(sequence)) {
            $0.fixed(fields(flags: 1))
            $0.hostOrder32(4, mtu)
        }
    }

    private func header(_ sequence: UInt32) -> MessageHeader {
        MessageHeader(type: 16, flags: [.request, .acknowledge], sequence: sequence)
    }

    /// `struct ifinfomsg`: the flags, and which of them are meant.
    private func fields(flags: UInt32) -> [UInt8] {
        [0, index, flags, flags].flatMap(\.hostBytes)
    }
}

extension UInt32 {
    var hostBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(8 * $0)) }
    }
}

internal import CLinux
import Netlink

/// Has packets of our own making come in by an interface, as if its wire had brought them.
///
/// Theory of operation. A packet socket sends out of an interface, never into it. So a tunnel device
/// is made, whose descriptor is its wire, and what comes in there is diverted to the ingress of the
/// wanted interface (`Diversion`). Routing, rp_filter and every hook see the wanted interface. The
/// device, its queue and its filter end with the descriptor, so that nothing is left behind even by
/// a process that is killed.
package struct PacketEntrance: ~Copyable {
    private let descriptor: OwnedDescriptor

    /// Opens the entrance in the network namespace of the calling thread.
    ///
    /// - Parameters:
    ///   - index: the number of the interface that packets are to come in by.
    ///   - mtu: its size, so that the machine does not seem to have links of different ones.
    package init(to index: UInt32, mtu: UInt32) throws(KernelError) {
        var own: UInt32 = 0
        // SAFETY: the call writes one 32-bit number into a variable that outlives it.
        let opened = unsafe clinux_tun_open(&own)
        let descriptor = OwnedDescriptor(adopting: try KernelError.check(opened, .tunnel))
        try Self.divert(own, to: index, mtu: mtu)
        self.descriptor = descriptor
    }

    private static func divert(_ own: UInt32, to index: UInt32, mtu: UInt32) throws(KernelError) {
        var socket = try NetlinkSocket(.route)
        let start = InterfaceStart(index: own, mtu: mtu)
        let diversion = Diversion(from: own, to: index)
        // Without IPv6 there is nothing to keep quiet.
        _ = try socket.request { start.writeQuiet(sequence: $0, to: &$1) }
        for step in [diversion.writeQueue, diversion.writeFilter, start.writeUp] {
            let code = try socket.request { step($0, &$1) }
            guard code == 0 else { throw KernelError(code: code, call: .divert) }
        }
    }

    /// Has one packet come in, from its network header on.
    package func admit(_ packet: [UInt8]) throws(KernelError) {
        let written = unsafe packet.withUnsafeBytes { memory in
            // SAFETY: the kernel reads `count` bytes, and the array outlives the call.
            unsafe clinux_write(descriptor.number, memory.baseAddress, memory.count)
        }
        _ = try KernelError.check(written, .tunnel)
    }
}

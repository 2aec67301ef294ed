package import Forwarding

/// Which bits of a flow's mark are ours: sixteen in a row, the number of the forward.
///
/// Other programs use other bits (mwan3 0x3f00, Tailscale 0xff0000, Kubernetes 0xc000), so the place
/// can be moved. 0 in these bits means that no forward owns the flow.
package struct MarkMask: Hashable, Sendable {
    package let bits: UInt32

    package static let standard = MarkMask(unchecked: 0x00ff_ff00)

    /// Nil unless exactly sixteen bits in a row are set.
    package init?(_ bits: UInt32) {
        guard bits.nonzeroBitCount == 16, bits >> UInt32(bits.trailingZeroBitCount) == 0xffff else {
            return nil
        }
        self.bits = bits
    }

    private init(unchecked bits: UInt32) { self.bits = bits }

    private var shift: UInt32 { UInt32(bits.trailingZeroBitCount) }

    package func mark(of forward: ForwardID) -> UInt32 {
        UInt32(forward.number) << shift
    }

    package func forward(of mark: UInt32) -> ForwardID? {
        ForwardID(UInt16(truncatingIfNeeded: (mark & bits) >> shift))
    }

    /// As registers hold it.
    var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
}

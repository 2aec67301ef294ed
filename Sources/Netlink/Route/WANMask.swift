/// Which bits of a mark say by which WAN a flow came in: four in a row, the number of the WAN.
///
/// The same bits are used in the mark of the flow, where they are kept, and in the mark of its answers,
/// where a routing rule reads them. 0 means that it did not come in by a numbered WAN.
package struct WANMask: Hashable, Sendable {
    package let bits: UInt32

    package static let standard = WANMask(unchecked: 0x0f00_0000)

    /// How many WANs have a number.
    package static let most = 15

    /// Nil unless exactly four bits in a row are set.
    package init?(_ bits: UInt32) {
        guard bits.nonzeroBitCount == 4, bits >> UInt32(bits.trailingZeroBitCount) == 0xf else {
            return nil
        }
        self.bits = bits
    }

    private init(unchecked bits: UInt32) { self.bits = bits }

    private var shift: UInt32 { UInt32(bits.trailingZeroBitCount) }

    /// - Parameter number: 1 to 15.
    package func mark(of number: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: number) << shift & bits
    }

    /// The number of the WAN; 0 for none.
    package func number(of mark: UInt32) -> Int { Int((mark & bits) >> shift) }
}

/// Where the parts of an entry lie, in bytes from its start.
///
/// Both families begin with the same: four addresses and masks, then interfaces and the protocol.
/// `offsetof` of the kernel's headers gave the numbers.
package struct LegacyLayout: Hashable, Sendable {
    /// Of an address.
    package let width: Int
    package let flags: Int
    package let inversions: Int
    /// Where it is said where the target begins; where the entry ends is said behind it.
    package let targetOffset: Int
    /// Where matches and target begin.
    package let parts: Int
    /// The flag of a jump that does not come back.
    let gotoFlag: UInt8
    /// Where the addresses are in a packet's header.
    let packetSource: UInt32

    /// `struct ipt_entry`.
    package static let v4 = LegacyLayout(
        width: 4, flags: 82, inversions: 83, targetOffset: 88, parts: 112, gotoFlag: 2,
        packetSource: 12)
    /// `struct ip6t_entry`.
    package static let v6 = LegacyLayout(
        width: 16, flags: 131, inversions: 132, targetOffset: 140, parts: 168, gotoFlag: 4,
        packetSource: 8)

    package var source: Int { 0 }
    package var destination: Int { width }
    package var sourceMask: Int { 2 * width }
    package var destinationMask: Int { 3 * width }
    package var inName: Int { 4 * width }
    package var outName: Int { inName + Self.nameLength }
    package var inMask: Int { inName + 2 * Self.nameLength }
    package var outMask: Int { inName + 3 * Self.nameLength }
    package var transport: Int { inName + 4 * Self.nameLength }
    package var nextOffset: Int { targetOffset + 2 }

    /// Of an interface's name (`IFNAMSIZ`).
    package static let nameLength = 16
}

import Addressing
import TestKit

extension Gen {
    mutating func v4() -> IPv4Address {
        IPv4Address(bits: UInt32(truncatingIfNeeded: next()))
    }

    /// Zero groups are likely, since the text form is about them.
    mutating func v6() -> IPv6Address {
        let groups = (0..<8).map { _ in oneIn(2) ? 0 : UInt64(int(0...0xffff)) }
        return IPv6Address(
            high: groups[..<4].reduce(0) { $0 << 16 | $1 },
            low: groups[4...].reduce(0) { $0 << 16 | $1 })
    }

    mutating func address() -> IPAddress {
        oneIn(2) ? .v4(v4()) : .v6(v6())
    }

    /// Often narrow or at an end of the numbers.
    mutating func portRange() -> PortRange {
        let first = oneIn(4) ? pick([1, 65535]) : int(1...65535)
        let last = oneIn(2) ? min(65535, first + int(0...20)) : int(first...65535)
        return Sample.ports(UInt16(first), UInt16(last))
    }
}

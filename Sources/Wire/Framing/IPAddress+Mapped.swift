import Addressing

/// IPv4 addresses where a protocol has room for IPv6 only (RFC 4291 section 2.5.5.2).
extension IPAddress {
    var asV4: IPv4Address? {
        switch self {
        case .v4(let address): address
        case .v6(let address):
            address.isV4Mapped
                ? IPv4Address(bits: UInt32(truncatingIfNeeded: address.low)) : nil
        }
    }

    /// IPv4 as `::ffff:a.b.c.d`.
    var asV6: IPv6Address {
        switch self {
        case .v4(let address): IPv6Address(high: 0, low: 0xffff_0000_0000 | UInt64(address.bits))
        case .v6(let address): address
        }
    }

    /// IPv4 without its IPv6 clothes.
    var unmapped: IPAddress { asV4.map(IPAddress.v4) ?? self }
}

import Addressing

/// What is written as a datagram of its own.
extension [UInt8] {
    /// In network order.
    mutating func append(number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Sixteen octets for either family.
    mutating func append(mapped address: IPAddress) {
        let address = address.asV6
        append(number: address.high)
        append(number: address.low)
    }

    mutating func append(zeros count: Int) {
        append(contentsOf: repeatElement(0, count: count))
    }

    /// A number over the bytes that are there; those that would go beyond the end are left out.
    mutating func put(number: some FixedWidthInteger & UnsignedInteger, at place: Int) {
        var written: [UInt8] = []
        written.append(number: number)
        for (offset, byte) in written.enumerated() where place + offset < count {
            self[place + offset] = byte
        }
    }
}

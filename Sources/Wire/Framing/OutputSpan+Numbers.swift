/// What is written in front of a packet goes into the caller's memory, without an allocation.
///
/// Who writes has asked for the room before: appending to a full span ends the program.
extension OutputSpan<UInt8> {
    /// In network order.
    mutating func append(number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ bytes: [UInt8]) {
        for byte in bytes { append(byte) }
    }

    /// As digits, without leading zeros.
    mutating func append(digitsOf number: UInt16, radix: UInt16) {
        var unit: UInt16 = 1
        while number / unit >= radix { unit *= radix }
        while unit > 0 {
            let digit = UInt8(number / unit % radix)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            unit /= radix
        }
    }
}

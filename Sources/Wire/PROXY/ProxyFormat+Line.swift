import Addressing

/// The text of version 1, digit by digit.
extension OutputSpan<UInt8> {
    /// The line up to the ports.
    mutating func append(line pair: AddressPair) {
        append(ProxyLine.signature)
        switch pair {
        case .v4(let source, let destination):
            append(text: "TCP4 ")
            append(dotted: source)
            append(text: " ")
            append(dotted: destination)
        case .v6(let source, let destination):
            append(text: "TCP6 ")
            append(colons: source)
            append(text: " ")
            append(colons: destination)
        }
    }

    mutating func append(linePorts source: UInt16, _ destination: UInt16) {
        append(text: " ")
        append(digitsOf: source, radix: 10)
        append(text: " ")
        append(digitsOf: destination, radix: 10)
        append(text: "\r\n")
    }

    /// At most 15 bytes, which a `String` holds in itself.
    private mutating func append(text: String) {
        for byte in text.utf8 { append(byte) }
    }

    private mutating func append(dotted address: IPv4Address) {
        for shift in stride(from: 24, through: 0, by: -8) {
            append(digitsOf: UInt16(address.bits >> shift & 0xff), radix: 10)
            if shift > 0 { append(UInt8(ascii: ".")) }
        }
    }

    /// Groups and `::` only: the protocol knows no dotted tail, not even of a mapped address.
    private mutating func append(colons address: IPv6Address) {
        let gap = address.zeroRun
        var place = 0
        while place < 8 {
            if place == gap.lowerBound, !gap.isEmpty {
                append(text: "::")
                place = gap.upperBound
                continue
            }
            if place > 0, place != gap.upperBound || gap.isEmpty { append(text: ":") }
            append(digitsOf: address.group(place), radix: 16)
            place += 1
        }
    }
}

extension IPv6Address {
    /// One of the eight numbers of the text form.
    fileprivate func group(_ place: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (place < 4 ? high : low) >> UInt64(48 - 16 * (place % 4)))
    }

    /// The first of the longest runs of two or more zero groups (RFC 5952 section 4.2); empty for
    /// none.
    fileprivate var zeroRun: Range<Int> {
        var (best, start) = (0..<0, 0)
        for place in 0..<8 {
            guard group(place) == 0 else {
                start = place + 1
                continue
            }
            if place - start >= max(1, best.count) { best = start..<(place + 1) }
        }
        return best
    }
}

/// An IPv6 address (RFC 4291).
package struct IPv6Address: Hashable, Sendable, BitwiseCopyable {
    /// The first 64 bits: the routing prefix.
    package var high: UInt64
    /// The last 64 bits: the interface identifier.
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Takes the sixteen octets in network order; missing ones count as zero.
    package init(octets: some Sequence<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        for (place, octet) in octets.prefix(16).enumerated() {
            let shift = UInt64(7 - place % 8) * 8
            if place < 8 {
                words.0 |= UInt64(octet) << shift
            } else {
                words.1 |= UInt64(octet) << shift
            }
        }
        self.init(high: words.0, low: words.1)
    }

    /// The sixteen octets in network order.
    package var octets: [UInt8] {
        [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    /// The eight 16-bit groups of the text form.
    private var groups: [UInt16] {
        [high, low].flatMap { word in
            (0..<4).map { UInt16(truncatingIfNeeded: word >> UInt64(48 - 16 * $0)) }
        }
    }

    private init(groups: [UInt16]) {
        let words = groups.reduce(into: [UInt64]()) { $0.append(UInt64($1)) }
        high = words[0] << 48 | words[1] << 32 | words[2] << 16 | words[3]
        low = words[4] << 48 | words[5] << 32 | words[6] << 16 | words[7]
    }
}

extension IPv6Address: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension IPv6Address: LosslessStringConvertible {
    /// Reads every form of RFC 4291 section 2.2; zones (`%eth0`) are not part of an address.
    package init?(_ text: some StringProtocol) {
        let halves = Self.splitAtGap(text)
        guard let halves, let head = Self.groups(of: halves.head, dottedTail: halves.tail == nil)
        else { return nil }
        guard let tailText = halves.tail else {
            guard head.count == 8 else { return nil }
            self.init(groups: head)
            return
        }
        guard let tail = Self.groups(of: tailText, dottedTail: true), head.count + tail.count < 8
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
        self.init(groups: head + zeros + tail)
    }

    package init?(_ description: String) {
        self.init(description[...])
    }

    /// The canonical text form of RFC 5952.
    package var description: String {
        if high == 0, low >> 32 == 0xffff {
            return "::ffff:\(IPv4Address(bits: UInt32(truncatingIfNeeded: low)))"
        }
        let groups = self.groups
        func hex(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let gap = Self.longestZeroRun(groups) else { return hex(0..<8) }
        return hex(0..<gap.lowerBound) + "::" + hex(gap.upperBound..<8)
    }

    /// Splits at the one `::`; nil when there are two or more.
    private static func splitAtGap<Text: StringProtocol>(
        _ text: Text
    ) -> (head: Text.SubSequence, tail: Text.SubSequence?)? {
        var gap: Text.Index?
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                guard gap == nil else { return nil }
                gap = index
                index = text.index(after: next)
            } else {
                index = next
            }
        }
        guard let gap else { return (text[...], nil) }
        return (text[..<gap], text[text.index(gap, offsetBy: 2)...])
    }

    private static func groups(of text: some StringProtocol, dottedTail: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (place, part) in parts.enumerated() {
            if dottedTail, place == parts.count - 1, part.contains(".") {
                guard let v4 = IPv4Address(part) else { return nil }
                groups += [UInt16(v4.bits >> 16), UInt16(truncatingIfNeeded: v4.bits)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups.count <= 8 ? groups : nil
    }

    /// The first of the longest runs of two or more zero groups (RFC 5952 section 4.2).
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start: Int?
        for place in 0...groups.count {
            let isZero = place < groups.count && groups[place] == 0
            if isZero {
                start = start ?? place
            } else if let from = start {
                if place - from >= 2, place - from > (best?.count ?? 0) { best = from..<place }
                start = nil
            }
        }
        return best
    }
}

extension IPv6Address {
    package static let any = IPv6Address(high: 0, low: 0)

    /// ff00::/8.
    package var isMulticast: Bool { high >> 56 == 0xff }

    package var isLoopback: Bool { high == 0 && low == 1 }

    package var isUnspecified: Bool { high == 0 && low == 0 }

    /// fc00::/7: for use inside one site, whatever the provider gives (RFC 4193).
    package var isUniqueLocal: Bool { high >> 57 == 0xfc >> 1 }

    /// fe80::/10.
    package var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }

    /// ::ffff:0:0/96, an IPv4 address in IPv6 clothes (RFC 4291 section 2.5.5.2).
    package var isV4Mapped: Bool { high == 0 && low >> 32 == 0xffff }
}

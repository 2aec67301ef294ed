/// A match of iptables, as far as it is understood.
///
/// Structures of include/uapi/linux/netfilter/xt_*.h, in the byte order of the machine; ports of
/// `tcp`,
/// `udp` and `multiport` are numbers there, not network order.
package enum CompatMatch: Hashable, Sendable {
    case tcp(CompatPorts, flags: Masked, flagsInverted: Bool)
    case udp(CompatPorts)
    case multiport(CompatMultiport)
    case conntrack(CompatConntrack)
    case addressType(CompatAddressType)
    /// Holds always.
    case comment(String)
    case mark(Masked, isInverted: Bool)
    case connectionMark(Masked, isInverted: Bool)
    case addressRange(CompatAddressRange)
    case unknown

    package struct Masked: Hashable, Sendable {
        package var value: UInt32
        package var mask: UInt32
    }

    package init(_ match: CompatExtension) {
        self = Self.decoded(match) ?? .unknown
    }

    private static func decoded(_ match: CompatExtension) -> CompatMatch? {
        let info = match.info
        switch (match.name, match.revision) {
        case ("tcp", 0) where info.count >= 12 && info[8] == 0:
            return .tcp(
                CompatPorts(info, inverted: info[11]),
                flags: Masked(value: UInt32(info[10]), mask: UInt32(info[9])),
                flagsInverted: info[11] & 4 != 0)
        case ("udp", 0) where info.count >= 9:
            return .udp(CompatPorts(info, inverted: info[8]))
        case ("multiport", 1): return CompatMultiport(info).map { .multiport($0) }
        case ("conntrack", 1...3):
            return CompatConntrack(info, revision: match.revision).map { .conntrack($0) }
        case ("state", 0) where info.count >= 4:
            return .conntrack(CompatConntrack(states: info.host32(0)))
        case ("addrtype", 0...1):
            return CompatAddressType(info, revision: match.revision).map { .addressType($0) }
        case ("comment", _):
            return .comment(String(decoding: info.prefix { $0 != 0 }, as: UTF8.self))
        case ("mark", 1): return masked(info).map { .mark($0.0, isInverted: $0.1) }
        case ("connmark", 1): return masked(info).map { .connectionMark($0.0, isInverted: $0.1) }
        case ("iprange", 1): return CompatAddressRange(info).map { .addressRange($0) }
        default: return nil
        }
    }

    private static func masked(_ info: [UInt8]) -> (Masked, Bool)? {
        guard info.count >= 9 else { return nil }
        return (Masked(value: info.host32(0), mask: info.host32(4)), info[8] != 0)
    }
}

/// Ranges of source and destination ports (`xt_tcp`, `xt_udp`).
package struct CompatPorts: Hashable, Sendable {
    package var source: ClosedRange<UInt16>?
    package var destination: ClosedRange<UInt16>?
    package var sourceInverted: Bool
    package var destinationInverted: Bool

    fileprivate init(_ info: [UInt8], inverted: UInt8) {
        source = Self.range(info, 0)
        destination = Self.range(info, 4)
        sourceInverted = inverted & 1 != 0
        destinationInverted = inverted & 2 != 0
    }

    /// Nil for a range that nothing is in.
    private static func range(_ info: [UInt8], _ place: Int) -> ClosedRange<UInt16>? {
        let (first, last) = (info.host16(place), info.host16(place + 2))
        return first <= last ? first...last : nil
    }
}

/// Up to 15 ports and ranges (`xt_multiport_v1`).
package struct CompatMultiport: Hashable, Sendable {
    package var side: Side
    package var ports: [ClosedRange<UInt16>]
    package var isInverted: Bool

    package enum Side: UInt8, Hashable, Sendable {
        case source = 0
        case destination, either
    }

    fileprivate init?(_ info: [UInt8]) {
        guard info.count >= 48, let side = Side(rawValue: info[0]), info[1] <= 15 else {
            return nil
        }
        self.side = side
        isInverted = info[47] != 0
        ports = []
        var (place, count) = (0, Int(info[1]))
        count = min(count, 15)
        while place < count {
            let first = info.host16(2 + 2 * place)
            // A range takes two places, and the first of them is marked.
            let isRange = info[32 + place] != 0 && place + 1 < count
            let last = isRange ? info.host16(4 + 2 * place) : first
            guard first <= last else { return nil }
            ports.append(first...last)
            place += isRange ? 2 : 1
        }
    }
}

/// Kinds of addresses, one bit each by their `RTN_*` number (`xt_addrtype_info_v1`).
package struct CompatAddressType: Hashable, Sendable {
    package var source: UInt16
    package var destination: UInt16
    package var sourceInverted: Bool
    package var destinationInverted: Bool
    /// Whether the address has to be one of an interface.
    package var limitsInterface: Bool

    fileprivate init?(_ info: [UInt8], revision: UInt32) {
        guard info.count >= (revision == 0 ? 12 : 8) else { return nil }
        source = info.host16(0)
        destination = info.host16(2)
        let flags = info.host32(4)
        sourceInverted = revision == 0 ? flags != 0 : flags & 1 != 0
        destinationInverted = revision == 0 ? info.host32(8) != 0 : flags & 2 != 0
        limitsInterface = revision == 1 && flags & 12 != 0
    }
}

/// Addresses between two others (`xt_iprange_mtinfo`): 16 bytes each, IPv4 in the first four.
package struct CompatAddressRange: Hashable, Sendable {
    package var source: Bounds?
    package var destination: Bounds?
    package var sourceInverted: Bool
    package var destinationInverted: Bool

    package struct Bounds: Hashable, Sendable {
        package var first: [UInt8]
        package var last: [UInt8]
    }

    fileprivate init?(_ info: [UInt8]) {
        guard info.count >= 65 else { return nil }
        let flags = info[64]
        func bounds(_ place: Int) -> Bounds {
            Bounds(
                first: Array(info[place..<place + 16]), last: Array(info[place + 16..<place + 32]))
        }
        source = flags & 1 != 0 ? bounds(0) : nil
        destination = flags & 2 != 0 ? bounds(32) : nil
        sourceInverted = flags & 16 != 0
        destinationInverted = flags & 32 != 0
    }
}

import Addressing

/// Source and destination of one family: no header can name one of each.
enum AddressPair: Hashable {
    case v4(IPv4Address, IPv4Address)
    case v6(IPv6Address, IPv6Address)

    /// Both as IPv4 where both are, plain or mapped; both as IPv6 otherwise, IPv4 mapped (RFC 4291
    /// section 2.5.5.2).
    init(_ source: IPAddress, _ destination: IPAddress) {
        if let source = source.asV4, let destination = destination.asV4 {
            self = .v4(source, destination)
        } else {
            self = .v6(source.asV6, destination.asV6)
        }
    }

    init?(nextV4 rest: inout Stretch, in bytes: Span<UInt8>) {
        guard let source = rest.next(UInt32.self, in: bytes),
            let destination = rest.next(UInt32.self, in: bytes)
        else { return nil }
        self = .v4(IPv4Address(bits: source), IPv4Address(bits: destination))
    }

    init?(nextV6 rest: inout Stretch, in bytes: Span<UInt8>) {
        guard let sourceHigh = rest.next(UInt64.self, in: bytes),
            let sourceLow = rest.next(UInt64.self, in: bytes),
            let destinationHigh = rest.next(UInt64.self, in: bytes),
            let destinationLow = rest.next(UInt64.self, in: bytes)
        else { return nil }
        self = .v6(
            IPv6Address(high: sourceHigh, low: sourceLow),
            IPv6Address(high: destinationHigh, low: destinationLow))
    }

    var source: IPAddress {
        switch self {
        case .v4(let source, _): .v4(source)
        case .v6(let source, _): .v6(source)
        }
    }

    var destination: IPAddress {
        switch self {
        case .v4(_, let destination): .v4(destination)
        case .v6(_, let destination): .v6(destination)
        }
    }
}

import Addressing

/// A header of version 2: sixteen bytes, then addresses, then attributes.
enum BinaryProxyHeader {
    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    static let headLength = 16
    /// The protocol bounds it by 65535; nothing but whole certificates needs more than this.
    static let longestRest = 2048

    static let (local, proxy): (UInt8, UInt8) = (0x20, 0x21)

    /// Nil as long as bytes are missing.
    static func read(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader.Found? {
        guard bytes.count > signature.count else { return nil }
        let command = bytes[signature.count]
        guard command == local || command == proxy else { throw .command }
        guard bytes.count >= headLength else { return nil }
        let family = ProxyFamily(rawValue: bytes[13])
        guard command == local || family != nil else { throw .family }
        let rest = Int(bytes[14]) << 8 | Int(bytes[15])
        guard rest <= longestRest else { throw .tooLong }
        let block = family?.blockLength ?? 0
        guard command == local || rest >= block else { throw .tooShort }
        let end = headLength + rest
        guard bytes.count >= end else { return nil }

        let attributes = Stretch((headLength + min(rest, block))..<end)
        guard command == proxy, let family, family != .unspecified else {
            try checkWhatIsIgnored(attributes, in: bytes)
            return (ProxyHeader(.local), end)
        }
        let header = try ProxyHeader(
            family.origin(Stretch(headLength..<end), in: bytes),
            authority: ProxyAttributes(attributes, in: bytes).authority)
        return (header, end)
    }

    /// Without addresses the rest may be anything.
    ///
    /// Only a checksum that is wrong counts: it tells that the command itself can be damaged.
    private static func checkWhatIsIgnored(
        _ rest: Stretch, in bytes: Span<UInt8>
    ) throws(ProxyHeaderError) {
        do throws(ProxyHeaderError) {
            _ = try ProxyAttributes(rest, in: bytes)
        } catch  where error == .checksum {
            throw error
        } catch {}
    }
}

/// Family and transport in one byte.
enum ProxyFamily: UInt8 {
    case unspecified = 0x00
    case tcp4 = 0x11
    case udp4 = 0x12
    case tcp6 = 0x21
    case udp6 = 0x22
    case unixStream = 0x31
    case unixDatagram = 0x32

    /// The bytes that source and destination take.
    var blockLength: Int {
        switch self {
        case .unspecified: 0
        case .tcp4, .udp4: 12
        case .tcp6, .udp6: 36
        case .unixStream, .unixDatagram: 216
        }
    }

    /// What the address block says; what is no internet address is not asked for.
    func origin(
        _ block: Stretch, in bytes: Span<UInt8>
    ) throws(ProxyHeaderError) -> ProxyHeader.Origin {
        var rest = block
        let pair: AddressPair?
        switch self {
        case .unspecified, .unixStream, .unixDatagram: return .local
        case .tcp4, .udp4: pair = AddressPair(nextV4: &rest, in: bytes)
        case .tcp6, .udp6: pair = AddressPair(nextV6: &rest, in: bytes)
        }
        guard let pair, let source = rest.next(UInt16.self, in: bytes),
            let destination = rest.next(UInt16.self, in: bytes)
        else { throw .tooShort }
        return .proxied(
            self == .tcp4 || self == .tcp6 ? .stream : .datagram,
            source: Endpoint(pair.source, source),
            destination: Endpoint(pair.destination, destination))
    }
}

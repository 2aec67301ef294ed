import Addressing

/// A header of version 1: a line of ASCII, such as `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`.
enum ProxyLine {
    static let signature = Array("PROXY ".utf8)
    /// With CRLF.
    static let longest = 107

    private static let (carriageReturn, lineFeed, space): (UInt8, UInt8, UInt8) = (13, 10, 32)

    /// Nil as long as its end is missing.
    static func read(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> ProxyHeader.Found? {
        let there = min(bytes.count, longest)
        let isEnd = { (byte: UInt8) in byte == carriageReturn || byte == lineFeed }
        guard let end = (0..<there).first(where: { isEnd(bytes[$0]) }) else {
            guard there < longest else { throw .tooLong }
            return nil
        }
        guard bytes[end] == carriageReturn else { throw .lineEnding }
        guard end + 1 < longest else { throw .tooLong }
        guard end + 1 < there else { return nil }
        guard bytes[end + 1] == lineFeed else { throw .lineEnding }
        let words = Stretch(signature.count..<end).octets(in: bytes)
        guard let origin = origin(words) else { throw .line }
        return (ProxyHeader(origin), end + 2)
    }

    private static func origin(_ line: [UInt8]) -> ProxyHeader.Origin? {
        let words = line.split(separator: space, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        switch words[0] {
        // What follows is to be passed over.
        case "UNKNOWN": return .local
        case "TCP4": return proxied(words) { IPv4Address($0).map(IPAddress.v4) }
        case "TCP6": return proxied(words) { IPv6Address($0).map(IPAddress.v6) }
        default: return nil
        }
    }

    private static func proxied(
        _ words: [String], _ address: (String) -> IPAddress?
    ) -> ProxyHeader.Origin? {
        guard words.count == 5, let source = address(words[1]), let target = address(words[2]),
            let sourcePort = port(words[3]), let targetPort = port(words[4])
        else { return nil }
        return .proxied(
            .stream, source: Endpoint(source, sourcePort),
            destination: Endpoint(target, targetPort))
    }

    /// Decimal, without a sign or a leading zero.
    private static func port(_ word: String) -> UInt16? {
        guard word.utf8.allSatisfy({ (48...57).contains($0) }),
            word.utf8.first != UInt8(ascii: "0") || word.utf8.count == 1
        else { return nil }
        return UInt16(word)
    }
}

import Addressing

/// The Simple Proxy Protocol for UDP, as Cloudflare defines it: 38 bytes in front of each datagram.
///
/// Magic number, address of the client, address of the proxy, port of the client, port of the
/// proxy. Addresses have 16 bytes, those of IPv4 mapped. A target may put it in front of its
/// answers too, and some proxies demand that.
package enum SimpleProxyHeader {
    package static let length = 38
    static let signature: [UInt8] = [0x56, 0xec]

    /// Reads the beginning of a datagram.
    package static func read(_ bytes: Span<UInt8>) -> ProxyHeaderReading {
        guard ProxyHeader.begins(bytes, like: signature) else { return .invalid(.noHeader) }
        var rest = Stretch(min(signature.count, bytes.count)..<bytes.count)
        guard let said = AddressPair(nextV6: &rest, in: bytes),
            let clientPort = rest.next(UInt16.self, in: bytes),
            let proxyPort = rest.next(UInt16.self, in: bytes)
        else { return .needMore }
        let pair = AddressPair(said.source, said.destination)
        let origin = ProxyHeader.Origin.proxied(
            .datagram, source: Endpoint(pair.source, clientPort),
            destination: Endpoint(pair.destination, proxyPort))
        return .complete(ProxyHeader(origin), length: length)
    }
}

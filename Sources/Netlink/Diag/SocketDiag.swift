package import Addressing

/// Which sockets wait for traffic on this machine (sock_diag, include/uapi/linux/inet_diag.h).
package enum SocketDiag {
    private static let byFamily: UInt16 = 20

    /// Asks for the listening TCP or the unconnected UDP sockets of one family.
    package static func dump(
        _ family: AddressFamily, _ transport: TransportProtocol, sequence: UInt32,
        to writer: inout MessageWriter
    ) {
        // TCP_LISTEN is state 10; an unconnected UDP socket is in TCP_CLOSE, 7.
        let states: UInt32 = transport == .udp ? 1 << 7 : 1 << 10
        let header = MessageHeader(type: byFamily, flags: [.request, .dump], sequence: sequence)
        writer.message(header) {
            $0.fixed([family == .v4 ? 2 : 10, transport.rawValue, 0, 0])
            $0.fixed((0..<4).map { UInt8(truncatingIfNeeded: states >> (8 * $0)) })
            $0.fixed([UInt8](repeating: 0, count: 48))
        }
    }
}

/// One socket of a dump.
package struct ListeningSocket: Hashable, Sendable {
    package var transport: TransportProtocol
    package var family: AddressFamily
    package var address: IPAddress
    package var port: UInt16
    /// Whether an IPv6 wildcard leaves IPv4 alone.
    package var isV6Only: Bool
    package var inode: UInt32

    /// A message of a dump of `transport`, which the message itself does not name.
    package init?(_ message: Message, _ transport: TransportProtocol) {
        guard message.type == 20, message.body + 72 <= message.end else { return nil }
        let (bytes, body) = (message.bytes, message.body)
        self.transport = transport
        family = bytes[body] == 2 ? .v4 : .v6
        port = bytes.big16(body + 4)
        let octets = bytes[(body + 8)..<(body + (family == .v4 ? 12 : 24))]
        guard let address = IPAddress(octets: octets) else { return nil }
        self.address = address
        inode = bytes.host32(body + 68)
        isV6Only = message.attributes(after: 72)[11]?.byte == 1
    }
}

package import Addressing

/// Asks the kernel where it would send a packet (RTM_GETROUTE without a dump).
///
/// With an incoming interface it is asked as for a packet that came in there: the source is checked
/// as for a real one (rp_filter), and so is whether the machine forwards at all (IPv4).
package struct RouteQuestion: Hashable, Sendable {
    package var destination: IPAddress
    package var source: IPAddress?
    /// The number of the interface that it comes in by; nil for a packet of the machine's own.
    package var inInterface: UInt32?
    /// The packet's mark, for rules of policy routing.
    package var mark: UInt32

    package init(
        to destination: IPAddress, from source: IPAddress? = nil, in inInterface: UInt32? = nil,
        mark: UInt32 = 0
    ) {
        self.destination = destination
        self.source = source
        self.inInterface = inInterface
        self.mark = mark
    }

    package func write(sequence: UInt32, to writer: inout MessageWriter) {
        let header = MessageHeader(
            type: 26, flags: [.request, .acknowledge], sequence: sequence)
        let isV4 = destination.family == .v4
        let length: UInt8 = isV4 ? 32 : 128
        writer.message(header) {
            $0.fixed([isV4 ? 2 : 10, length, source == nil ? 0 : length, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            $0.bytes(1, destination.octets)
            if let source { $0.bytes(2, source.octets) }
            if let inInterface { $0.hostOrder32(3, inInterface) }
            if mark != 0 { $0.hostOrder32(16, mark) }
        }
    }
}

/// The way that the kernel would take.
package struct FoundRoute: Hashable, Sendable {
    package var kind: Kind
    /// The number of the interface that it leaves by; nil for roads that lead nowhere.
    package var outInterface: UInt32?
    package var gateway: IPAddress?

    package enum Kind: Hashable, Sendable {
        case onward
        /// For the machine itself.
        case local
        /// Dropped in silence, or refused (`RTN_BLACKHOLE`, `RTN_UNREACHABLE`, `RTN_PROHIBIT` …).
        case nowhere
    }

    package init(_ kind: Kind, out outInterface: UInt32? = nil, gateway: IPAddress? = nil) {
        self.kind = kind
        self.outInterface = outInterface
        self.gateway = gateway
    }

    /// Nil when the message is none of a route.
    package init?(_ message: Message) {
        guard message.type == 24, message.body + 12 <= message.end else { return nil }
        let attributes = message.attributes(after: 12)
        switch message.bytes[message.body + 7] {
        case 1: kind = .onward
        case 2: kind = .local
        default: kind = .nowhere
        }
        outInterface = attributes[4]?.host32
        gateway = attributes[5].flatMap { IPAddress(octets: $0.payload) }
    }
}

package import Addressing

/// A default route of our own, in a table of our own.
package struct TableRoute: Hashable, Sendable {
    package var table: UInt32
    /// The interface's number.
    package var index: UInt32
    package var hop: NextHop
    /// Whether the gateway need not lie in a subnet of the interface (`onlink`).
    package var isOnLink: Bool

    package init(table: UInt32, index: UInt32, hop: NextHop, isOnLink: Bool = false) {
        self.table = table
        self.index = index
        self.hop = hop
        self.isOnLink = isOnLink
    }

    package enum Operation: UInt16, Sendable {
        /// In place of one that stands there.
        case put = 24
        case delete = 25
    }

    package func write(
        _ operation: Operation, owner: UInt8 = RouteOwner.number, sequence: UInt32,
        to writer: inout MessageWriter
    ) {
        let flags: MessageFlags =
            operation == .put
            ? [.request, .acknowledge, .create, .replace]
            : [.request, .acknowledge]
        let header = MessageHeader(type: operation.rawValue, flags: flags, sequence: sequence)
        writer.message(header) {
            // An IPv4 route without a gateway is one of the link (RT_SCOPE_LINK, 253).
            let scope: UInt8 = hop == .link(.v4) ? 253 : 0
            $0.fixed([hop.family.number, 0, 0, 0, 0, owner, scope, 1])
            $0.fixed([isOnLink ? Self.onLink : 0, 0, 0, 0])
            if case .gateway(let address) = hop { $0.bytes(5, address.octets) }
            $0.hostOrder32(4, index)
            $0.hostOrder32(15, table)
        }
    }

    private static let onLink: UInt8 = 4

    /// Nil for routes of others, and for ours that are no default routes.
    init?(_ message: Message) {
        guard message.body + 12 <= message.end,
            let family = AddressFamily(number: message.bytes[message.body])
        else { return nil }
        let attributes = message.attributes(after: 12)
        guard message.bytes[message.body + 5] == RouteOwner.number,
            message.bytes[message.body + 1] == 0, let index = attributes[4]?.host32
        else { return nil }
        table = attributes[15]?.host32 ?? UInt32(message.bytes[message.body + 4])
        self.index = index
        hop =
            attributes[5].flatMap { IPAddress(octets: $0.payload) }.map(NextHop.gateway)
            ?? .link(family)
        isOnLink = message.bytes[message.body + 8] & Self.onLink != 0
    }
}

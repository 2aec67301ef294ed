package import Addressing

/// The rules and routes that are the gateway's own are known by their protocol number (`RTPROT_*`), so
/// that those of others are never touched.
package enum RouteOwner {
    /// Free in include/uapi/linux/rtnetlink.h and in iproute2's list.
    package static let number: UInt8 = 74
    /// Those of the relay, which come and go by themselves.
    package static let relay: UInt8 = 75
}

/// A rule that says which routing table a packet is looked up in (include/uapi/linux/fib_rules.h).
package struct PolicyRule: Hashable, Sendable {
    package var family: AddressFamily
    /// Rules are asked in the order of their priorities; main stands at 32766.
    package var priority: UInt32
    package var selector: Selector
    package var table: UInt32
    /// Whether the default route of the table does not count (`suppress_prefixlength 0`).
    package var leavesOutDefault: Bool
    /// Whether only what the machine itself sends is meant, and checks of sources (`iif lo`).
    package var isFromLoopback = false

    package enum Selector: Hashable, Sendable {
        case mark(UInt32, mask: UInt32)
        case source(IPAddress)
        case anything
    }

    package init(
        _ family: AddressFamily, priority: UInt32, _ selector: Selector, table: UInt32,
        leavesOutDefault: Bool = false
    ) {
        self.family = family
        self.priority = priority
        self.selector = selector
        self.table = table
        self.leavesOutDefault = leavesOutDefault
    }

    package static let mainTable: UInt32 = 254

    package enum Operation: UInt16, Sendable {
        case add = 32
        case delete = 33
    }

    /// A second rule of the same terms is refused (EEXIST); without that flag it would stand twice.
    package func write(
        _ operation: Operation, owner: UInt8 = RouteOwner.number, sequence: UInt32,
        to writer: inout MessageWriter
    ) {
        let flags: MessageFlags =
            operation == .add
            ? [.request, .acknowledge, .create, .exclusive]
            : [.request, .acknowledge]
        let header = MessageHeader(type: operation.rawValue, flags: flags, sequence: sequence)
        writer.message(header) {
            let sourceLength: UInt8 =
                if case .source = selector { family == .v4 ? 32 : 128 } else { 0 }
            $0.fixed([family.number, 0, sourceLength, 0, 0, 0, 0, 1, 0, 0, 0, 0])
            $0.hostOrder32(6, priority)
            switch selector {
            case .mark(let mark, let mask):
                $0.hostOrder32(10, mark)
                $0.hostOrder32(16, mask)
            case .source(let address): $0.bytes(2, address.octets)
            case .anything: break
            }
            $0.hostOrder32(15, table)
            if leavesOutDefault { $0.hostOrder32(14, 0) }
            if isFromLoopback { $0.string(3, "lo") }
            $0.byte(21, owner)
        }
    }

    /// Asks for the rules of one family.
    package static func writeDump(
        _ family: AddressFamily, sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(type: 34, flags: [.request, .dump], sequence: sequence)
        writer.message(header) {
            $0.fixed([family.number] + [UInt8](repeating: 0, count: 11))
        }
    }

    /// Nil for rules of others.
    init?(_ message: Message) {
        guard message.body + 12 <= message.end,
            let family = AddressFamily(number: message.bytes[message.body])
        else { return nil }
        let attributes = message.attributes(after: 12)
        guard attributes[21]?.byte == RouteOwner.number else { return nil }
        self.family = family
        priority = attributes[6]?.host32 ?? 0
        table = attributes[15]?.host32 ?? UInt32(message.bytes[message.body + 4])
        leavesOutDefault = attributes[14]?.host32 == 0
        if let mark = attributes[10]?.host32 {
            selector = .mark(mark, mask: attributes[16]?.host32 ?? .max)
        } else if let address = attributes[2].flatMap({ IPAddress(octets: $0.payload) }) {
            selector = .source(address)
        } else {
            selector = .anything
        }
    }
}

extension AddressFamily {
    /// `AF_INET` and `AF_INET6`.
    package var number: UInt8 { self == .v4 ? 2 : 10 }

    package init?(number: UInt8) {
        switch number {
        case 2: self = .v4
        case 10: self = .v6
        default: return nil
        }
    }
}

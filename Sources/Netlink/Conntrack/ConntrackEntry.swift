package import Addressing

/// One flow as the kernel tracks it (ctnetlink).
package struct ConntrackEntry: Hashable, Sendable {
    /// As the first packet came in.
    package var original: Tuple
    /// As answers come in: what NAT made of it, seen from the other side.
    package var reply: Tuple
    package var id: UInt32
    package var mark: UInt32
    package var status: Status
    /// The kernel's number of the TCP state; nil for other protocols.
    package var tcpState: UInt8?
    /// Seconds until the kernel forgets the flow.
    package var timeout: UInt32
    package var originalCounter: Counter
    package var replyCounter: Counter
    /// Nanoseconds since 1970; nil unless the kernel keeps times.
    package var started: UInt64?

    package struct Tuple: Hashable, Sendable {
        package var transport: UInt8
        package var source: IPAddress
        package var destination: IPAddress
        package var sourcePort: UInt16
        package var destinationPort: UInt16

        package init(
            transport: UInt8, source: IPAddress, destination: IPAddress, sourcePort: UInt16,
            destinationPort: UInt16
        ) {
            self.transport = transport
            self.source = source
            self.destination = destination
            self.sourcePort = sourcePort
            self.destinationPort = destinationPort
        }
    }

    package struct Counter: Hashable, Sendable {
        package var packets: UInt64 = 0
        package var bytes: UInt64 = 0
    }

    package struct Status: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let seenReply = Status(rawValue: 0x2)
        package static let assured = Status(rawValue: 0x4)
        package static let sourceNAT = Status(rawValue: 0x10)
        package static let destinationNAT = Status(rawValue: 0x20)
        package static let dying = Status(rawValue: 0x200)
    }
}

extension ConntrackEntry {
    /// Nil for messages that carry no port-bearing flow (ICMP queries, GRE …).
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard let original = attributes[1].flatMap({ Tuple($0.nested) }),
            let reply = attributes[2].flatMap({ Tuple($0.nested) })
        else { return nil }
        self.original = original
        self.reply = reply
        (id, mark, timeout, status) = (0, 0, 0, [])
        (originalCounter, replyCounter) = (Counter(), Counter())
        for attribute in attributes {
            switch attribute.type {
            case 3: status = Status(rawValue: attribute.big32 ?? 0)
            case 4: tcpState = attribute.nested[1]?.nested[1]?.byte
            case 7: timeout = attribute.big32 ?? 0
            case 8: mark = attribute.big32 ?? 0
            case 9: originalCounter = Counter(attribute.nested)
            case 10: replyCounter = Counter(attribute.nested)
            case 12: id = attribute.big32 ?? 0
            case 20: started = attribute.nested[1]?.big64
            default: break
            }
        }
    }
}

extension ConntrackEntry.Tuple {
    init?(_ attributes: Attributes) {
        guard let addresses = attributes[1]?.nested, let transport = attributes[2]?.nested,
            let source = (addresses[1] ?? addresses[3]).flatMap({ IPAddress(octets: $0.payload) }),
            let destination = (addresses[2] ?? addresses[4]).flatMap({
                IPAddress(octets: $0.payload)
            }),
            let number = transport[1]?.byte, let sourcePort = transport[2]?.big16,
            let destinationPort = transport[3]?.big16
        else { return nil }
        self.init(
            transport: number, source: source, destination: destination, sourcePort: sourcePort,
            destinationPort: destinationPort)
    }

    func write(to writer: inout MessageWriter, _ type: UInt16) {
        writer.nest(type) { tuple in
            tuple.nest(1) { addresses in
                let isV4 = source.family == .v4
                addresses.bytes(isV4 ? 1 : 3, source.octets)
                addresses.bytes(isV4 ? 2 : 4, destination.octets)
            }
            tuple.nest(2) {
                $0.byte(1, transport)
                $0.big16(2, sourcePort)
                $0.big16(3, destinationPort)
            }
        }
    }
}

extension ConntrackEntry.Counter {
    /// Packets come first here, the opposite of nf_tables.
    init(_ attributes: Attributes) {
        self.init(packets: attributes[1]?.big64 ?? 0, bytes: attributes[2]?.big64 ?? 0)
    }
}

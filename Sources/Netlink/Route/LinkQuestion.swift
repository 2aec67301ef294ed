package import Addressing

/// Asks for one interface by its name (RTM_GETLINK without a dump).
package struct LinkQuestion: Hashable, Sendable {
    package var name: InterfaceName

    package init(_ name: InterfaceName) { self.name = name }

    package func write(sequence: UInt32, to writer: inout MessageWriter) {
        let header = MessageHeader(type: 18, flags: [.request, .acknowledge], sequence: sequence)
        writer.message(header) {
            $0.fixed([UInt8](repeating: 0, count: 16))
            $0.string(3, name.text)
        }
    }
}

/// What passed an interface since it was made.
package struct LinkCounters: Hashable, Sendable {
    package var receivedPackets: UInt64
    package var sentPackets: UInt64
    package var receivedBytes: UInt64
    package var sentBytes: UInt64

    package init(
        receivedPackets: UInt64, sentPackets: UInt64, receivedBytes: UInt64, sentBytes: UInt64
    ) {
        self.receivedPackets = receivedPackets
        self.sentPackets = sentPackets
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }

    /// Nil when the message is none of an interface, or lacks the counters (IFLA_STATS64).
    package init?(_ message: Message) {
        guard message.type == 16, let counters = message.attributes(after: 16)[23],
            counters.count >= 32
        else { return nil }
        // struct rtnl_link_stats64 begins with these four.
        func value(_ place: Int) -> UInt64 { counters.bytes.host64(counters.start + 8 * place) }
        self.init(
            receivedPackets: value(0), sentPackets: value(1), receivedBytes: value(2),
            sentBytes: value(3))
    }
}

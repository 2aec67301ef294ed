import Addressing
import Netlink

/// A connection that was ended by hand.
///
/// Theory of operation. Forgetting a connection is not enough: connection tracking takes one up from
/// any of its packets (`nf_conntrack_tcp_loose`), and the forward would go on with it. So what is no
/// first packet and begins a new flow nevertheless is looked up here, from both sides, and its sender
/// is told that the connection is gone. A SYN with the same ports begins another connection, which is
/// nobody's concern.
struct Cut {
    static let chain = "resumed"
    /// For so long the kernel itself keeps a connection that is silent, in milliseconds (five days).
    private static let memory: UInt64 = 432_000_000

    let elements: [PlacedElement]

    init(_ entry: ConntrackEntry) {
        // As the client sends, and as the target does.
        elements = [entry.original, entry.reply].map { tuple in
            let key = RegisterImage().address(tuple.source).port(tuple.sourcePort)
            return PlacedElement(
                set: tuple.source.family == .v4 ? "cut4" : "cut6",
                element: SetElement(key.port(tuple.destinationPort), timeout: Self.memory))
        }
    }

    static let entry = Rule(
        "no first packet",
        Matching.transport(6) + [
            .payload(.tcpFlags, register: 1), .and(register: 1, mask: [0x02]),
            .compare(register: 1, .equal, [0]), Matching.jump(chain),
        ])

    static let rules = [true, false].map { isV4 in
        Rule(
            "ended by hand",
            Matching.family(isV4) + [
                .payload(isV4 ? .source4 : .source6, register: 1),
                .payload(.sourcePort, register: isV4 ? 9 : 2),
                .payload(.destinationPort, register: isV4 ? 10 : 13),
                .lookup(set: isV4 ? "cut4" : "cut6", key: 1, .contains), .resetSender,
            ])
    }
}

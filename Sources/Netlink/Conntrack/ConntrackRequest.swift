package import Addressing

/// Requests to connection tracking.
///
/// A delete without a tuple and without a mark would flush every flow of the machine, and so would one
/// with the IPv6 family and version 0. Neither can be built here: deletes name one flow by its tuple
/// and number.
package enum ConntrackRequest {
    private static let get: UInt16 = 0x0101
    private static let delete: UInt16 = 0x0102

    /// Asks for all flows whose mark, under the mask, is `mark`.
    package static func dump(
        mark: UInt32, mask: UInt32, sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(type: get, flags: [.request, .dump], sequence: sequence)
        writer.message(header) {
            $0.fixed([0, 0, 0, 0])
            $0.big32(8, mark)
            $0.big32(21, mask)
        }
    }

    /// Asks for the flows that were sent to a port, and have `mark` under the mask.
    ///
    /// The kernel filters by port since 5.8 and sends all the marked ones before: the caller has to
    /// look for itself.
    package static func dump(
        mark: UInt32, mask: UInt32, family: AddressFamily, transport: TransportProtocol,
        destinationPort: UInt16, sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(type: get, flags: [.request, .dump], sequence: sequence)
        writer.message(header) { writer in
            writer.fixed([family == .v4 ? 2 : 10, 0, 0, 0])
            writer.nest(1) { tuple in
                tuple.nest(2) {
                    $0.byte(1, transport.rawValue)
                    $0.big16(3, destinationPort)
                }
            }
            writer.big32(8, mark)
            writer.big32(21, mask)
            // CTA_FILTER_ORIG_FLAGS, host order: protocol 0x8, destination port 0x20.
            writer.nest(25) { $0.hostOrder32(1, 0x28) }
        }
    }

    /// Asks for the flows whose first packet came from an address, and that have `mark` under the mask.
    ///
    /// As above, the caller has to look for itself.
    package static func dump(
        mark: UInt32, mask: UInt32, transport: TransportProtocol, source: IPv4Address,
        sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(type: get, flags: [.request, .dump], sequence: sequence)
        writer.message(header) { writer in
            writer.fixed([2, 0, 0, 0])
            writer.nest(1) { tuple in
                tuple.nest(1) { $0.big32(1, source.bits) }
                tuple.nest(2) { $0.byte(1, transport.rawValue) }
            }
            writer.big32(8, mark)
            writer.big32(21, mask)
            // CTA_FILTER_ORIG_FLAGS, host order: source address 0x1, protocol 0x8.
            writer.nest(25) { $0.hostOrder32(1, 0x09) }
        }
    }

    /// Asks for the flow whose first packet went from here to there.
    package static func get(
        _ original: ConntrackEntry.Tuple, sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(type: get, flags: [.request, .acknowledge], sequence: sequence)
        writer.message(header) {
            $0.fixed([original.source.family == .v4 ? 2 : 10, 0, 0, 0])
            original.write(to: &$0, 1)
        }
    }

    /// Ends one flow.
    ///
    /// With the number, a flow that took the tuple since is left alone.
    package static func delete(
        _ entry: ConntrackEntry, sequence: UInt32, to writer: inout MessageWriter
    ) {
        let header = MessageHeader(
            type: delete, flags: [.request, .acknowledge], sequence: sequence)
        writer.message(header) {
            $0.fixed([entry.original.source.family == .v4 ? 2 : 10, 0, 0, 0])
            entry.original.write(to: &$0, 1)
            $0.big32(12, entry.id)
        }
    }
}

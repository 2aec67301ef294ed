package import Addressing

/// A route by which every address of a family is the machine's own, in a table of our own.
package struct LocalRoute: Hashable, Sendable {
    package var family: AddressFamily
    package var table: UInt32

    package init(_ family: AddressFamily, table: UInt32) {
        self.family = family
        self.table = table
    }

    package func write(
        _ operation: TableRoute.Operation, owner: UInt8, sequence: UInt32,
        to writer: inout MessageWriter
    ) {
        let flags: MessageFlags =
            operation == .put
            ? [.request, .acknowledge, .create, .replace]
            : [.request, .acknowledge]
        let header = MessageHeader(type: operation.rawValue, flags: flags, sequence: sequence)
        writer.message(header) {
            // RT_SCOPE_HOST, RTN_LOCAL.
            $0.fixed([family.number, 0, 0, 0, 0, owner, 254, 2, 0, 0, 0, 0])
            $0.hostOrder32(4, Self.loopback)
            $0.hostOrder32(15, table)
        }
    }

    /// `lo` is the first interface of every network (LOOPBACK_IFINDEX).
    private static let loopback: UInt32 = 1
}

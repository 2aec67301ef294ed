package import Addressing

/// Asks for one neighbour (RTM_GETNEIGH without a dump).
///
/// Kernels before 5.0 know dumps only (EOPNOTSUPP).
package struct NeighbourQuestion: Hashable, Sendable {
    package var address: IPAddress
    /// The number of the interface.
    package var index: UInt32

    package init(_ address: IPAddress, on index: UInt32) {
        self.address = address
        self.index = index
    }

    package func write(sequence: UInt32, to writer: inout MessageWriter) {
        let header = MessageHeader(type: 30, flags: [.request, .acknowledge], sequence: sequence)
        writer.message(header) {
            // struct ndmsg: only these two are read, and the rest must be zero.
            $0.fixed([address.family == .v4 ? 2 : 10, 0, 0, 0])
            $0.fixed(index.hostOrder)
            $0.fixed([0, 0, 0, 0])
            $0.bytes(1, address.octets)
        }
    }
}

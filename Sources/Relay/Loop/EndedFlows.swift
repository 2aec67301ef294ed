import CLinux
import Forwarding

/// The flows that ended last, in a ring; owned by the loop, read by its mail.
struct EndedFlows: ~Copyable {
    private let ring: Reserve<EndedFlow>
    private let cursor: Reserve<UInt64>

    init?(capacity: Int) {
        guard let ring = Reserve<EndedFlow>(capacity), let cursor = Reserve<UInt64>(1) else {
            return nil
        }
        self.ring = ring
        self.cursor = cursor
    }

    func append(_ flow: EndedFlow) {
        ring[Int(cursor[0] % UInt64(ring.capacity))] = flow
        cursor[0] &+= 1
    }

    /// The last ones first.
    var all: [EndedFlow] {
        let count = min(cursor[0], UInt64(ring.capacity))
        return (0..<count).map { ring[Int((cursor[0] - 1 - $0) % UInt64(ring.capacity))] }
    }
}

/// What is remembered of a flow.
struct EndedFlow: BitwiseCopyable, Sendable {
    var forward: UInt16
    var source: clinux_endpoint
    var externalPort: UInt16
    var isStream: Bool
    var reason: EndReason
    var started: Int64
    var ended: Int64
    var inbound: UInt64
    var outbound: UInt64
}

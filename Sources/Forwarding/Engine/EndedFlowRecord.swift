package import Addressing

/// What an engine remembers of a flow that ended.
package struct EndedFlowRecord: Hashable, Sendable {
    package var forward: ForwardID
    package var transport: TransportProtocol
    package var client: Endpoint
    /// The port that the client asked.
    package var externalPort: UInt16
    package var reason: EndReason
    package var started: Timestamp
    package var ended: Timestamp
    /// Bytes from the client to the target, and back.
    package var inbound: UInt64
    package var outbound: UInt64

    package init(
        forward: ForwardID, transport: TransportProtocol, client: Endpoint, externalPort: UInt16,
        reason: EndReason, started: Timestamp, ended: Timestamp, inbound: UInt64, outbound: UInt64
    ) {
        self.forward = forward
        self.transport = transport
        self.client = client
        self.externalPort = externalPort
        self.reason = reason
        self.started = started
        self.ended = ended
        self.inbound = inbound
        self.outbound = outbound
    }
}

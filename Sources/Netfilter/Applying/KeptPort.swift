import Addressing
import Forwarding
import Netlink

/// Flows that a target has begun and that left from its external port: nobody's by their mark.
extension ActiveForward {
    /// Whether the target sent it from a port that has an external one, and it left from that one.
    func hasSent(_ flow: ConntrackEntry) -> Bool {
        let (original, reply) = (flow.original, flow.reply)
        guard keepsPort, !isClosed, let target4, original.source == .v4(target4),
            reply.destination != original.source,
            let transport = TransportProtocol(rawValue: original.transport),
            transports.contains(transport), ports.contains(reply.destinationPort)
        else { return false }
        return targetPort(for: reply.destinationPort) == original.sourcePort
    }
}

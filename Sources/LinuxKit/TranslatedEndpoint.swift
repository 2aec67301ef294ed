package import Addressing
import Netlink

/// Asks connection tracking as whom a device's flow is seen outside.
package enum TranslatedEndpoint {
    /// In the network namespace of the calling thread.
    ///
    /// - Returns: the device's own endpoint where nobody translates it; nil when there is no such flow.
    package static func of(
        _ transport: TransportProtocol, from device: Endpoint, to remote: Endpoint
    ) throws(KernelError) -> Endpoint? {
        let original = ConntrackEntry.Tuple(
            transport: transport.rawValue, source: device.address, destination: remote.address,
            sourcePort: device.port, destinationPort: remote.port)
        var socket = try NetlinkSocket(.netfilter)
        var found: ConntrackEntry?
        let code = try socket.ask(
            { ConntrackRequest.get(original, sequence: $0, to: &$1) },
            { message in found = ConntrackEntry(message) ?? found })
        guard code == 0 || code == ErrorNumber.noEntry else {
            throw KernelError(code: code, call: .ask)
        }
        // The kernel finds a flow by either of its directions.
        guard let found, found.original == original else { return nil }
        return Endpoint(found.reply.destination, found.reply.destinationPort)
    }
}

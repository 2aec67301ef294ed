package import Addressing
package import LinuxKit
import Netlink

/// The flow that a packet of our own making has opened.
package enum TracedFlow {
    /// Ends it, so that nothing of it is left.
    package static func forget(
        _ transport: TransportProtocol, from source: Endpoint, to destination: Endpoint
    ) throws(KernelError) {
        var socket = try NetlinkSocket(.netfilter)
        let tuple = ConntrackEntry.Tuple(
            transport: transport.rawValue, source: source.address,
            destination: destination.address, sourcePort: source.port,
            destinationPort: destination.port)
        var found: [ConntrackEntry] = []
        _ = try socket.dump(
            { sequence, writer in
                ConntrackRequest.dump(
                    mark: 0, mask: 0, family: source.address.family, transport: transport,
                    destinationPort: destination.port, sequence: sequence, to: &writer)
            },
            { message in
                guard let entry = ConntrackEntry(message), entry.original == tuple else { return }
                found.append(entry)
            })
        for entry in found {
            _ = try socket.request { ConntrackRequest.delete(entry, sequence: $0, to: &$1) }
        }
    }
}

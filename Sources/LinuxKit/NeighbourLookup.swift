package import Addressing
import Netlink

/// Asks the kernel which device has an address on a link now.
package enum NeighbourLookup {
    /// In the network namespace of the calling thread.
    ///
    /// - Returns: nil when the kernel does not know it: nothing has been sent there for a while, or
    ///   there is no such interface.
    package static func hardwareAddress(
        of address: IPAddress, on name: InterfaceName
    ) throws(KernelError) -> MACAddress? {
        var socket = try NetlinkSocket(.route)
        guard let (link, _) = try socket.link(name) else { return nil }
        var found: Neighbour?
        let code = try socket.ask(
            { NeighbourQuestion(address, on: link.index).write(sequence: $0, to: &$1) },
            { message in
                guard case .neighbour(let one, removed: false)? = RouteMessage(message) else {
                    return
                }
                found = one
            })
        switch code {
        case 0: return found?.mac
        case ErrorNumber.noEntry, ErrorNumber.noDevice: return nil
        // Before Linux 5.0.
        case ErrorNumber.notSupported, ErrorNumber.invalid:
            return try socket.neighbours()
                .first { $0.address == address && $0.index == link.index }?.mac
        default: throw KernelError(code: code, call: .ask)
        }
    }
}

extension NeighbourLookup {
    /// Everybody whose hardware address the kernel knows on these links, in the network namespace of the
    /// calling thread.
    ///
    /// The kernel keeps the groups that were sent to among them; those are nobody.
    package static func all(
        on names: [InterfaceName]
    ) throws(KernelError) -> [(interface: InterfaceName, address: IPAddress, mac: MACAddress)] {
        var socket = try NetlinkSocket(.route)
        var links: [UInt32: InterfaceName] = [:]
        for name in names {
            guard let (link, _) = try socket.link(name) else { continue }
            links[link.index] = name
        }
        return try socket.neighbours().compactMap { neighbour in
            guard let name = links[neighbour.index], let mac = neighbour.mac, mac.isDevice
            else { return nil }
            return (name, neighbour.address, mac)
        }
    }
}

extension NetlinkSocket {
    /// All of them.
    mutating func neighbours() throws(KernelError) -> [Neighbour] {
        var found: [Neighbour] = []
        _ = try dump(
            { RouteMessage.Dump.neighbours.write(sequence: $0, to: &$1) },
            { message in
                guard case .neighbour(let one, removed: false)? = RouteMessage(message) else {
                    return
                }
                found.append(one)
            })
        return found
    }
}

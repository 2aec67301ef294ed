import Addressing
package import Forwarding
import Storage

/// Devices whose ports are open at a router in front, too.
///
/// Theory of operation. A device is answered at once, with what the gateway itself has: the router in front
/// is asked after that. As soon as it has given its address devices are told that one instead, as if the
/// WAN's had changed; a port other than the one that was asked for is told to a device of PCP by an
/// update, and to whoever asks again. UPnP knows mappings by their external port, so that there the
/// gateway's own is all that can be told.
extension Gateway {
    /// What is known of the router in front, from before a restart; its next answer says whether it holds.
    func recallFront(_ stored: LeaseEpoch?) {
        guard settings.chainsLeases, let own = ownAddress, let address = stored?.address,
            own.kind.isTranslated, !address.kind.isTranslated
        else { return }
        front = (own, address)
    }

    /// - Parameter former: how it stood with all ports before.
    func tellDevicesOfFront(_ former: [ForwardID: [UpstreamPort]]) {
        guard settings.chainsLeases else { return }
        followFront()
        for forward in table.leases {
            let port = frontPort(of: forward)
            guard port != frontPort(of: forward, by: former[forward.id] ?? []) else { continue }
            tell(.changed(asTold(forward), isGone: false))
        }
    }

    private func followFront() {
        guard let own = ownAddress else { return }
        let addresses = table.leases.flatMap { grants(of: $0, by: upstreamPorts[$0.id] ?? []) }
            .compactMap(\.address)
        guard let address = addresses.first, !addresses.contains(where: { $0 == epochAddress })
        else { return }
        front = (own, address)
        tellDevicesOfNetwork()
    }

    /// The first port at the router in front, where that is another than the gateway's own.
    func frontPort(of forward: Forward) -> UInt16? {
        frontPort(of: forward, by: upstreamPorts[forward.id] ?? [])
    }

    /// Nil, too, where the ports of a set are not in a row there.
    private func frontPort(of forward: Forward, by ports: [UpstreamPort]) -> UInt16? {
        guard settings.chainsLeases, forward.lease?.device.family == .v4 else { return nil }
        let grants = grants(of: forward, by: ports)
        guard grants.count == forward.external.ports.count, let first = grants.first else {
            return nil
        }
        let shift = first.port &- first.key.port
        guard shift != 0, grants.allSatisfy({ $0.port &- $0.key.port == shift }) else { return nil }
        return forward.external.ports.first &+ shift
    }

    /// Those of the WAN that devices are told of.
    private func grants(of forward: Forward, by ports: [UpstreamPort]) -> [UpstreamGrant] {
        let network = surroundings.network
        let wan = network.wansByUse.first { wan in
            network.addresses(of: wan).contains { $0.family == .v4 }
        }
        return ports.compactMap { port in
            guard port.wan == wan, case .held(let grant, _) = port.state else { return nil }
            return grant
        }
    }

    /// The mappings as devices are told of them.
    package func leasesAsTold() -> LeaseBook {
        LeaseBook(forwards: table.leases.map(asTold), now: facts.now())
    }

    func asTold(_ forward: Forward) -> Forward {
        guard let port = frontPort(of: forward) else { return forward }
        var told = forward
        told.external.ports = forward.external.ports.moved(to: port) ?? forward.external.ports
        return told
    }

    /// A device wishes for what it was told.
    func translateFront(_ request: inout LeaseRequest) {
        guard let front, settings.chainsLeases, request.identity == .internalPort else { return }
        if request.address == .v4(front.address) { request.address = nil }
        let own = table.leases(of: request.asker.device, at: request.ports, request.transport)
        guard let wished = request.external,
            let forward = own.first(where: { frontPort(of: $0) == wished })
        else { return }
        request.external = forward.external.ports.first
    }
}

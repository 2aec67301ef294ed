import Addressing
import Forwarding

/// One place where a forward is asked: only one forward can have it.
struct ListenKey: Hashable, Sendable {
    var transport: TransportProtocol
    var address: IPAddress
    var port: UInt16
    /// The only interface by which it can be asked; nil for all.
    var device: InterfaceName?

    /// Whether what comes in for the address comes in here.
    func hears(_ address: IPAddress) -> Bool {
        self.address == address || self.address.isAny && self.address.family == address.family
    }
}

extension ActiveForward {
    /// Where a relay listens for this forward.
    func listenKeys(in network: NetworkView) -> [ListenKey] {
        guard !isClosed else { return [] }
        let addresses = externalAddresses(in: network).filter { serves($0.family) }
        return addresses.flatMap { address in
            let device = hairpin ? nil : network.interface(having: address)
            return transports.all.filter { $0 != .sctp }.flatMap { transport in
                ports.ports.map {
                    ListenKey(transport: transport, address: address, port: $0, device: device)
                }
            }
        }
    }

    private func externalAddresses(in network: NetworkView) -> [IPAddress] {
        switch scope {
        case .everyWAN: network.wanAddresses
        case .addresses(let addresses): addresses
        }
    }

    /// Whether clients of a family reach a target: one of their own family, or any that will do.
    private func serves(_ family: AddressFamily) -> Bool {
        if relay.terms.crossesFamilies { return true }
        let targets = relay.targets + relay.routes.compactMap(\.target)
        return targets.contains { target in
            switch target.place {
            case .unix: true
            case .addresses(let addresses):
                family == .v4 ? addresses.v4 != nil : addresses.v6 != nil
            }
        }
    }
}

extension NetworkView {
    fileprivate func interface(having address: IPAddress) -> InterfaceName? {
        links.first { $0.address == address }?.interface
    }
}

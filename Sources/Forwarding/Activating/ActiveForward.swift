package import Addressing

/// A forward as an engine carries it: every name resolved, only what the data path needs.
package struct ActiveForward: Hashable, Sendable {
    package var id: ForwardID
    package var transports: Transports
    package var ports: PortRange
    package var scope: Scope
    package var targetPorts: PortRange
    /// Where IPv4 traffic goes, by NAT; nil when the target has no IPv4 address.
    package var target4: IPv4Address?
    /// Where IPv6 traffic goes: let through to this very address, or translated to it.
    package var target6: IPv6Address?
    package var translatesIPv6: Bool
    package var sources: SourcePolicy
    package var hairpin: Bool
    package var rewritesSource: Bool
    /// A pinhole of a forward bound to one WAN interface opens only there.
    package var pinholeInterface: InterfaceName?
    package var ends: Timestamp?

    /// At which destination addresses the external ports are matched.
    package enum Scope: Hashable, Sendable {
        case everyWAN
        /// Just these; those of the other family have no effect.
        case addresses([IPAddress])
    }

    /// Whether IPv6 reaches the target's own address.
    package var isPinhole: Bool { target6 != nil && !translatesIPv6 }

    /// The port at the target for an external port of the range.
    package func targetPort(for port: UInt16) -> UInt16 {
        targetPorts.first + (port - ports.first)
    }
}

extension Forward {
    /// What of this forward is in effect; nil while it is off, over, or its target is nowhere.
    package func active(in surroundings: Surroundings, at now: Timestamp) -> ActiveForward? {
        guard enabled, !hasEnded(at: now) else { return nil }
        guard let resolved = surroundings.addresses(of: target.host) else { return nil }
        let shifts = external.ports != target.ports
        var active = ActiveForward(
            id: id, transports: transports, ports: external.ports, scope: .everyWAN,
            targetPorts: target.ports, target4: resolved.v4,
            target6: shifts && !translatesIPv6 ? nil : resolved.v6,
            translatesIPv6: translatesIPv6, sources: sources, hairpin: hairpin,
            rewritesSource: sourceAddress == .rewritten, pinholeInterface: nil, ends: ends)
        switch external.scope {
        case .everyWAN: break
        case .address(let address):
            active.scope = .addresses([address])
            // A name may have addresses of both families; the pinned one decides which is meant.
            if address.family == .v4 { active.target6 = nil } else { active.target4 = nil }
        case .interface(let interface):
            active.scope = .addresses(surroundings.network.addresses(of: interface).sorted())
            active.pinholeInterface = active.isPinhole ? interface : nil
        }
        return active.target4 == nil && active.target6 == nil ? nil : active
    }
}

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
    /// Whether the target sees the gateway as the sender: by its terms, or since a relay connects.
    package var rewritesSource: Bool
    /// A pinhole of a forward bound to one WAN interface opens only there.
    package var pinholeInterface: InterfaceName?
    /// From when on not even flows that live are let through; `.longAgo` while a schedule that ends
    /// flows is closed.
    package var lapses: Timestamp?
    /// Whether new flows are let in, by a schedule that keeps those that live.
    package var admits: Opening
    package var limits: Limits
    /// What the month's bytes were when this was put together.
    package var used: UInt64
    /// Whether it takes all of an address that no other forward names.
    package var isWhole: Bool
    /// The external address that is the target's own, in both directions.
    package var ownAddress: IPAddress?
    /// By which WANs it leaves as that address: those that have it, or all where none has.
    package var ownWANs: [InterfaceName] = []
    /// Whether it leaves the ports to the gateway.
    package var isException: Bool
    /// Whether what the target sends from a target port leaves from the external one (RFC 6886
    /// section 3.9).
    package var keepsPort = false
    /// `relay`, where it does not follow from the rest.
    var rareRelay: Rare<ActiveRelay> = .none

    /// At which destination addresses the external ports are matched.
    package enum Scope: Hashable, Sendable {
        case everyWAN
        /// Just these; those of the other family have no effect.
        case addresses([IPAddress])
    }

    /// Whether IPv6 reaches the target's own address.
    package var isPinhole: Bool { target6 != nil && !translatesIPv6 }

    /// Whether its schedule lets nobody in.
    package var isClosed: Bool { admits == .closed || lapses == .longAgo }

    /// The port at the target for an external port of the range.
    package func targetPort(for port: UInt16) -> UInt16 {
        targetPorts.first + (port - ports.first)
    }
}

extension Forward {
    /// What of this forward is in effect; nil while it is off, over, or its target is nowhere.
    package func active(in surroundings: Surroundings, at now: Timestamp) -> ActiveForward? {
        guard !hasEnded(at: now) else { return nil }
        return active(in: surroundings, opening: opening(at: now, in: surroundings.zones))
    }

    /// The same for an opening that is known, whether or not its end has come.
    ///
    /// - Parameter used: bytes of this month.
    package func active(
        in surroundings: Surroundings, opening: Opening, used: UInt64 = 0
    ) -> ActiveForward? {
        guard enabled else { return nil }
        guard !isException else { return exception(in: surroundings) }
        let reason = relayReason
        let resolved = surroundings.addresses(of: target.host)
        guard reason != nil || resolved != nil else { return nil }
        let hidesIPv6 = external.ports != target.ports && !isTranslated
        var active = ActiveForward(
            id: id, transports: transports, ports: external.ports, scope: .everyWAN,
            targetPorts: target.ports, target4: resolved?.v4,
            target6: hidesIPv6 ? nil : resolved?.v6,
            translatesIPv6: isTranslated, sources: sources, hairpin: hairpin,
            rewritesSource: sourceAddress == .rewritten || (reason != nil && !relay.isTransparent),
            pinholeInterface: nil, lapses: lapse(opening),
            admits: closing == .keep ? opening : .always, limits: limits,
            used: used, isWhole: isWhole, ownAddress: nil, isException: false)
        active.keepsPort = reason == nil && lease?.isBidirectional == true
        place(&active, in: surroundings.network)
        if reason != nil || (hidesIPv6 && resolved?.v6 != nil) {
            active.relay = activeRelay(because: reason, in: surroundings)
        }
        guard reason == nil else { return active.relay.isNowhere ? nil : active }
        return active.target4 == nil && active.target6 == nil ? nil : active
    }

    private func place(_ active: inout ActiveForward, in network: NetworkView) {
        switch external.scope {
        case .everyWAN where isWhole:
            active.scope = .addresses(network.wanAddresses.sorted())
        case .everyWAN: break
        case .address(let address):
            active.scope = .addresses([address])
            // A name may have addresses of both families; the pinned one decides which is meant.
            if address.family == .v4 { active.target6 = nil } else { active.target4 = nil }
            if isWhole {
                active.ownAddress = address
                active.ownWANs = network.wans(with: address)
            }
        case .interface(let interface):
            active.scope = .addresses(network.addresses(of: interface).sorted())
            active.pinholeInterface = active.isPinhole ? interface : nil
        }
    }

    private func lapse(_ opening: Opening) -> Timestamp? {
        guard closing == .end else { return ends }
        switch opening {
        case .always: return ends
        case .until(let moment): return min(moment, ends ?? moment)
        case .closed: return .longAgo
        }
    }

    private func exception(in surroundings: Surroundings) -> ActiveForward {
        var scope = ActiveForward.Scope.everyWAN
        switch external.scope {
        case .everyWAN: break
        case .address(let address): scope = .addresses([address])
        case .interface(let interface):
            scope = .addresses(surroundings.network.addresses(of: interface).sorted())
        }
        return ActiveForward(
            id: id, transports: transports, ports: external.ports, scope: scope,
            targetPorts: external.ports, target4: nil, target6: nil, translatesIPv6: true,
            sources: .anywhere, hairpin: true, rewritesSource: false, pinholeInterface: nil,
            lapses: nil, admits: .always, limits: .none, used: 0, isWhole: false,
            ownAddress: nil, isException: true)
    }
}

extension ActiveForward {
    /// The same ports, left to the gateway itself: what the kernel is told of a forward that the relay
    /// carries.
    package var asException: ActiveForward {
        var exception = self
        exception.targetPorts = ports
        (exception.target4, exception.target6) = (nil, nil)
        (exception.translatesIPv6, exception.isException) = (true, true)
        (exception.sources, exception.hairpin) = (.anywhere, true)
        (exception.rewritesSource, exception.pinholeInterface) = (false, nil)
        (exception.lapses, exception.admits) = (nil, .always)
        (exception.limits, exception.used, exception.keepsPort) = (.none, 0, false)
        return exception
    }
}

import Addressing

/// Mappings that a device gives back.
extension LeaseDeciding {
    func release(_ release: LeaseRelease) throws(LeaseDenial) -> LeaseOutcome {
        switch release.which {
        case .internalPort(let transport, let port):
            return try releaseInternal(transport, port, release.nonce)
        case .all(let transport): return releaseAll(transport)
        case .external(let transport, let ports): return try releaseExternal(transport, ports)
        case .pinhole(let number):
            let (forward, isKnown) = try pinhole(number)
            guard isKnown else { throw .nonce }
            return .released([.removed(forward)], nil)
        }
    }

    /// What is not there is gone already (RFC 6887 section 15.1).
    private func releaseInternal(
        _ transport: TransportProtocol, _ port: UInt16, _ nonce: LeaseNonce?
    ) throws(LeaseDenial) -> LeaseOutcome {
        let own =
            PortRange(port).map {
                table.leases(of: asker.device, at: $0, transport)
            } ?? []
        guard !own.isEmpty else {
            let standing = table.standing(towards: port, of: asker.device, transport).contains {
                surroundings.addresses(of: $0.target.host)?.addresses.contains(asker.device)
                    == true
            }
            if standing { throw .operators }
            return .released([], nil)
        }
        for forward in own {
            guard let lease = forward.lease, try identify(nonce, lease) else { throw .nonce }
        }
        return .released(own.map(ForwardChange.removed), nil)
    }

    private func releaseAll(_ transport: TransportProtocol) -> LeaseOutcome {
        let own = table.leases(of: asker.device).filter { $0.transports.contains(transport) }
        let (gone, denial) = releaseKnown(own)
        return .released(gone, denial)
    }

    /// Those that may be given back by who has no nonce to show, and why others may not.
    private func releaseKnown(
        _ own: [Forward]
    ) -> (gone: [ForwardChange], denial: LeaseDenial?) {
        var (gone, denial): ([ForwardChange], LeaseDenial?) = ([], nil)
        for forward in own {
            guard let lease = forward.lease else { continue }
            do throws(LeaseDenial) {
                guard try identify(nil, lease) else { throw .nonce }
                gone.append(.removed(forward))
            } catch { denial = error }
        }
        return (gone, denial)
    }

    private func releaseExternal(
        _ transport: TransportProtocol, _ ports: PortRange
    ) throws(LeaseDenial) -> LeaseOutcome {
        // One port is looked up; of a range, what a single device may have is looked through.
        let near =
            ports.isSingle
            ? table.forwards(on: ports.first, transport) : table.leases(of: asker.device)
        let own = near.filter {
            $0.lease?.device == asker.device && $0.transports.contains(transport)
                && $0.external.ports.overlaps(ports) && $0.lease?.pinhole == nil
                && $0.target.host.family == .v4
        }
        guard !own.isEmpty else { throw otherOwner(transport, ports) }
        // Of a range goes what may (WANIPConnection:2, DeletePortMappingRange); one port may or may not.
        let (gone, denial) = releaseKnown(own)
        if gone.isEmpty, let denial { throw denial }
        return .released(gone, nil)
    }

    private func otherOwner(
        _ transport: TransportProtocol, _ ports: PortRange
    ) -> LeaseDenial {
        guard ports.isSingle else { return .unknown }
        let there = table.forwards(on: ports.first, transport).filter { $0.claimsExternalAddress }
        guard let other = there.first else { return .unknown }
        return other.lease == nil ? .operators : .notOwnAddress
    }
}

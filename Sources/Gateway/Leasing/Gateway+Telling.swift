import Addressing
package import Forwarding
import Logging
import Storage

/// What devices have to be told without having asked, and since when they may rely on what they know.
extension Gateway {
    /// Whoever is slow loses the oldest changes of single mappings, and nothing else.
    package func leaseEvents() -> AsyncStream<LeaseEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LeaseEvent.self, bufferingPolicy: .bufferingNewest(1024))
        listener?.finish()
        listener = continuation
        return stream
    }

    /// What is dropped for want of room comes again behind the rest unless it is about one mapping: that
    /// the address or the network is another must be heard, once and not as often as it was said.
    func tell(_ event: LeaseEvent) {
        var said: Set = [event]
        var next = event
        while case .dropped(let lost)? = listener?.yield(next), !lost.isOfOneMapping,
            said.insert(lost).inserted
        { next = lost }
    }

    package func standing() -> ExternalStanding {
        let network = surroundings.network
        let wan = network.wansByUse.first
        let addresses = wan.map(network.addresses(of:)) ?? []
        return ExternalStanding(
            wan: wan, v4: epochAddress,
            v6: addresses.lazy.compactMap(\.v6).first { !$0.isLinkLocal }, since: epoch.since,
            now: facts.now(), connected: connected,
            guarded: settings.guarded && surroundings.engines.hasKernel, network: network)
    }

    /// The external address that devices are told: that of the WAN by which their traffic leaves, else of
    /// the first that has one; or that of the router in front of it, where devices are served by both.
    var epochAddress: IPv4Address? {
        guard let own = ownAddress else { return nil }
        guard settings.chainsLeases, let front, front.own == own else { return own }
        return front.address
    }

    var ownAddress: IPv4Address? {
        let network = surroundings.network
        return network.wansByUse.lazy.flatMap(network.addresses(of:)).compactMap(\.v4).first
    }

    /// The epoch goes on over a restart, since the mappings do; not over another address.
    func beginEpoch(_ stored: LeaseEpoch?) {
        connected = facts.now()
        recallFront(stored)
        let address = epochAddress
        if let stored, stored.address == address || address == nil, stored.since <= facts.now() {
            epoch = stored
            return
        }
        renewEpoch(address)
    }

    private func renewEpoch(_ address: IPv4Address?) {
        epoch = LeaseEpoch(since: facts.now(), address: address)
        do throws(StoreError) { try store.save(epoch) } catch {
            log.error("the epoch of the mappings could not be kept: \(error)")
        }
    }

    func tellDevicesOfNetwork() {
        if let address = epochAddress, address != epoch.address {
            connected = facts.now()
            renewEpoch(address)
            tell(.addressChanged)
        }
        tell(.networkChanged)
    }

    /// A device knows what it has asked for itself, and when its time is over.
    func tellDevices(of changes: [ForwardChange], by requester: Requester) {
        let own = changes.filter(\.isOfDevice)
        guard !own.isEmpty else { return }
        if requester != .devices, requester != .clock {
            for change in own {
                guard let forward = change.after ?? change.before else { continue }
                tell(.changed(asTold(forward), isGone: change.after == nil))
            }
        }
        if own.contains(where: { !$0.isRenewal }) { tell(.bookChanged) }
    }

    /// What a device gives back is kept from others for a while.
    func restPorts(of changes: [ForwardChange], at now: Timestamp) {
        for change in changes {
            guard let before = change.before, let lease = before.lease, change.after == nil,
                lease.device.family == .v4
            else { continue }
            let rest = RestingPort(
                device: lease.device, mac: lease.mac, until: now + Leasing.rest)
            for transport in before.transports.all {
                for port in before.external.ports.ports {
                    surroundings.leasing.resting.insert(
                        rest, at: PortInTransport(transport, port))
                }
            }
        }
    }

    /// In seconds; what rests counts for its device until it is forgotten.
    private static let forgettingPeriod: Int64 = 10

    /// Once an hour: what was leased without an end goes on while its device is there.
    func keepPresent(_ now: Timestamp) {
        if now.seconds % Self.forgettingPeriod == 0 { surroundings.leasing.resting.forget(now) }
        guard now.seconds % 3600 == 0 else { return }
        let longest = Int64(surroundings.leasing.policy.longestUPnP)
        let changes = table.leases.compactMap { forward -> ForwardChange? in
            guard let lease = forward.lease, lease.lastsWhilePresent,
                let interface = surroundings.network.interface(towards: lease.device),
                let mac = facts.hardwareAddress(of: lease.device, on: interface),
                lease.mac == nil || lease.mac == mac
            else { return nil }
            var after = forward
            after.ends = now + longest
            return .changed(from: forward, to: after)
        }
        guard !changes.isEmpty else { return }
        _ = commit(changes, [], by: .clock, pending)
    }
}

extension LeaseEvent {
    fileprivate var isOfOneMapping: Bool {
        if case .changed = self { true } else { false }
    }
}

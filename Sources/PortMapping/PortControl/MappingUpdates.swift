import Addressing
import Forwarding
import Wire

/// What clients of PCP are told of their mappings without having asked (RFC 6887 section 14.2).
///
/// Each is told three times, with pauses that double. They leave a few at a time, so that another
/// external address does not burst upon a thousand devices at once.
struct MappingUpdates: Sendable {
    struct Update: Hashable, Sendable {
        var forward: Forward
        var isGone: Bool
    }

    private struct Entry {
        var update: Update
        var sent: Int
        var due: ContinuousClock.Instant
    }

    private var entries: [ForwardID: Entry] = [:]

    /// At once, and the time until the next: 200 a second.
    static let atOnce = 20
    static let pace = Duration.milliseconds(100)

    var isEmpty: Bool { entries.isEmpty }

    /// What is said later of a mapping is true instead.
    mutating func add(_ update: Update, at moment: ContinuousClock.Instant) {
        guard let lease = update.forward.lease, lease.dialect == .pcp, !lease.nonces.isEmpty else {
            return
        }
        entries[update.forward.id] = Entry(update: update, sent: 0, due: moment)
    }

    /// Those whose time has come, the longest due first.
    mutating func next(at moment: ContinuousClock.Instant) -> [Update] {
        let due = entries.filter { $0.value.due <= moment }
            .sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.prefix(Self.atOnce)
        for (id, entry) in due {
            let wait = DoublingWaits.updates.wait(after: entry.sent)
            entries[id] = wait.map {
                Entry(update: entry.update, sent: entry.sent + 1, due: moment + $0)
            }
        }
        return due.map(\.value.update)
    }
}

extension MappingUpdates.Update {
    /// As if the client had renewed: to whom, and what.
    func messages(_ outside: Outside, at now: Timestamp) -> (place: Endpoint, bytes: [[UInt8]])? {
        guard let lease = forward.lease, let nonce = lease.nonces.first,
            let transport = forward.transports.all.first,
            let address = externalAddress(lease, outside)
        else { return nil }
        let map = PCPMap(
            nonce: MappingNonce(high: nonce.high, low: nonce.low),
            protocolNumber: transport.rawValue, internalPort: forward.target.ports.first,
            external: Endpoint(address, forward.external.ports.first))
        let left = (forward.ends ?? now).seconds - now.seconds
        let responses = operations(map, lease).map {
            PCPResponse(
                $0, lifetime: isGone ? 0 : UInt32(clamping: left), epoch: outside.epoch,
                options: options(lease))
        }
        let client = lease.manager ?? lease.device
        return (Endpoint(client, lease.askedFrom), responses.map(\.bytes))
    }

    /// Of a mapping that has gone the address matters to nobody.
    private func externalAddress(_ lease: Lease, _ outside: Outside) -> IPAddress? {
        switch lease.device {
        case .v6: lease.device
        case .v4: outside.v4.map { .v4($0) } ?? (isGone ? .v4(.any) : nil)
        }
    }

    private func operations(_ map: PCPMap, _ lease: Lease) -> [PCPOperation] {
        guard lease.isForPeers else { return [.map(map)] }
        return forward.sources.peers.compactMap { peer in
            guard peer.prefix.isHost, let port = peer.port else { return nil }
            return .peer(PCPPeer(map, remote: Endpoint(peer.prefix.base, port)))
        }
    }

    private func options(_ lease: Lease) -> PCPOptions {
        let inside = forward.target.ports
        let set = PCPPortSet(
            size: UInt16(clamping: inside.count), firstInternalPort: inside.first)
        return PCPOptions(
            thirdParty: lease.manager == nil ? nil : lease.device,
            portSet: inside.isSingle || lease.isForPeers ? nil : set)
    }
}

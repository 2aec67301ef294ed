package import Addressing
package import Forwarding
import Logging
import Storage

/// Serving devices that ask for ports.
///
/// Theory of operation. Devices' requests come in heaps (a console wakes, a daemon was restarted), so all
/// that have come are decided one after the other, each on the table that the one before has left, and
/// put in force as one change: one write to the disk, one message to the kernel. If that fails each is
/// tried by itself, so that one which cannot be had does not keep the others from theirs.
extension Gateway {
    package func answer(_ asks: [LeaseAsk]) -> [LeaseAnswer] {
        let asks = asks.map(completed)
        let now = facts.now()
        var view = surroundings
        view.listeners = listenersLately(now)
        var changes: [ForwardChange] = []
        var outcomes: [LeaseOutcome] = []
        for ask in asks {
            let outcome = decide(ask, table: table, surroundings: view, now: now)
            outcomes.append(outcome)
            changes += outcome.changes
            if asks.count > 1 { table.apply(outcome.changes) }
        }
        let step = changes.condensed
        // One change for each forward: of several, those in between would come to life.
        if asks.count > 1 { table.apply(step.map(\.inverse)) }
        guard keep(step) else {
            guard asks.count > 1 else {
                asks.first.map { note(.failed, of: $0) }
                return [.refused(.failed)]
            }
            return asks.flatMap { answer([$0]) }
        }
        return zip(asks, outcomes).map { answer(to: $0, $1) }
    }

    /// - Returns: false when nothing has come of it.
    private func keep(_ changes: [ForwardChange]) -> Bool {
        changes.isEmpty || commit(changes, [], by: .devices, pending).refusals.isEmpty
    }

    /// With what only the gateway knows of the asker.
    private func completed(_ ask: LeaseAsk) -> LeaseAsk {
        func known(_ asker: LeaseAsker) -> LeaseAsker {
            var asker = asker
            let interface =
                asker.thirdParty.map { surroundings.network.interface(towards: $0) }
                ?? asker.interface
            asker.mac = interface.flatMap { facts.hardwareAddress(of: asker.device, on: $0) }
            return asker
        }
        switch ask {
        case .grant(var request):
            request.asker = known(request.asker)
            translateFront(&request)
            if let peer = request.peer {
                let device = Endpoint(request.asker.device, request.ports.first)
                request.observed = facts.externalPort(
                    of: device, towards: peer, request.transport)
            }
            return .grant(request)
        case .extend(var wish):
            wish.asker = known(wish.asker)
            return .extend(wish)
        case .release(var release):
            release.asker = known(release.asker)
            return .release(release)
        }
    }

    /// Sockets are not looked up for each of a hundred requests of one second.
    private func listenersLately(_ now: Timestamp) -> [Listener] {
        if let heard, heard.at == now { return heard.listeners }
        let listeners = facts.listeners()
        heard = (listeners, now)
        return listeners
    }

    private func answer(to ask: LeaseAsk, _ outcome: LeaseOutcome) -> LeaseAnswer {
        switch outcome {
        case .granted(let forward, _): return .granted(granted(forward, ask))
        case .released(let changes, let denial):
            guard let denial else { return .released(changes.compactMap(\.before)) }
            note(denial, of: ask)
            return .refused(denial)
        case .refused(.awaitsConsent):
            guard case .grant(let request) = ask else { return .refused(.rule) }
            let denial = hold(request)
            if case .awaitsConsent = denial { return .refused(denial) }
            note(denial, of: ask)
            return .refused(denial)
        case .refused(let denial):
            note(denial, of: ask)
            return .refused(denial)
        }
    }

    private func granted(_ forward: Forward, _ ask: LeaseAsk) -> GrantedLease {
        let now = facts.now()
        let left = forward.ends.map { max(0, $0.seconds - now.seconds) }
        let longest = Int64(surroundings.leasing.policy.longest)
        return GrantedLease(
            forward: forward, address: externalAddress(of: forward, for: ask),
            lifetime: UInt32(clamping: left ?? longest), frontPort: frontPort(of: forward))
    }

    /// Where a device is reached by a forward; the operator's may stand at one WAN, or one address.
    private func externalAddress(of forward: Forward, for ask: LeaseAsk) -> IPAddress? {
        let device = ask.asker.device
        guard device.family == .v4 else { return device }
        // Whoever insists on another of the gateway's addresses has got it there: a mapping is at all.
        if case .grant(let request) = ask, request.choice == .exactly, let wished = request.address,
            forward.external.scope == .everyWAN, surroundings.network.wanAddresses.contains(wished)
        {
            return wished
        }
        switch forward.external.scope {
        case .everyWAN: return epochAddress.map { .v4($0) }
        case .address(let address): return address
        case .interface(let interface):
            return surroundings.network.addresses(of: interface).first { $0.family == .v4 }
        }
    }

    private func note(_ denial: LeaseDenial, of ask: LeaseAsk) {
        let level: Logger.Level =
            refusals.count(denial, ask.asker, at: facts.now()) ? .info : .debug
        let wish = ask.words.map { " \($0)" } ?? ""
        log.log(
            level: level, "refused\(wish) by \(ask.asker.dialect.rawValue): \(denial.code)",
            metadata: ["who": "\(ask.asker.source.address)"])
    }

    package func refusedLeases() -> [LeaseRefusals.Tally] { refusals.all }

    package func leases() -> LeaseBook {
        LeaseBook(forwards: table.leases, now: facts.now())
    }

    package func forwards(
        on port: UInt16, _ transport: TransportProtocol
    ) -> [Forward] {
        table.forwards(on: port, transport)
    }

    package func packets(of forward: ForwardID) -> UInt64 {
        do {
            let traffic = try engine.traffic().forwards[forward] ?? Traffic()
            let total = advanced(forward, to: traffic).total
            return total.inbound.packets + total.outbound.packets
        } catch {
            log.error("the packets of a pinhole could not be counted: \(error)")
            return 0
        }
    }
}

extension LeaseAsk {
    /// What it is about, where it is about a port of the device's.
    fileprivate var words: String? {
        switch self {
        case .grant(let request):
            let wish = request.external.map { " at \($0)" } ?? ""
            return "\(request.ports)/\(request.transport.name)\(wish)"
        case .release(let release):
            guard case .internalPort(let transport, let port) = release.which else { return nil }
            return "the end of \(port)/\(transport.name)"
        case .extend: return nil
        }
    }
}

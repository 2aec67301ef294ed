import Addressing
package import Forwarding
import Logging
package import Storage

/// The operator's word on what devices ask for.
extension Gateway {
    package func pendingLeases() -> [PendingLease] { asking.waiting }

    package func consents() -> [LeaseConsent] { surroundings.leasing.policy.consents }

    func hold(_ request: LeaseRequest) -> LeaseDenial {
        let denial = asking.hold(request, at: facts.now())
        guard case .awaitsConsent(let number) = denial, asking[number]?.count == 1 else {
            return denial
        }
        let asker = request.asker
        let wish = "\(request.ports)/\(request.transport.name) by \(asker.dialect.rawValue)"
        note(.asked, detail: "\(asker.device) asks for \(wish): number \(number)")
        return denial
    }

    /// The device gets what it asked for, now; `always` for whenever it asks again.
    ///
    /// - Returns: nil when no request of the number waits.
    package func allow(
        _ number: Int, always: Bool, by requester: Requester
    ) throws(StoreError) -> LeaseAnswer? {
        guard let pending = asking[number] else { return nil }
        var request = pending.request
        request.isAllowed = true
        if always { try remember(request, isAllowed: true) }
        let answer = answer([.grant(request)])[0]
        guard case .granted(let lease) = answer else { return answer }
        asking.settle(number)
        note(
            .consented, forward: lease.forward.name,
            detail: "request \(number)\(always ? ", always" : ""), by \(requester.name)")
        tell(.changed(asTold(lease.forward), isGone: false))
        return answer
    }

    /// - Returns: false when no request of the number waits.
    package func deny(
        _ number: Int, always: Bool, by requester: Requester
    ) throws(StoreError) -> Bool {
        guard let pending = asking[number] else { return false }
        if always { try remember(pending.request, isAllowed: false) }
        asking.refuse(number, at: facts.now())
        note(
            .consented,
            detail: "request \(number) denied\(always ? ", always" : ""), by \(requester.name)")
        return true
    }

    /// Takes back what was said for good, by its place in the list.
    ///
    /// - Returns: false when there is none.
    package func forgetConsent(
        _ number: Int, by requester: Requester
    ) throws(StoreError) -> Bool {
        var consents = consents()
        guard consents.indices.contains(number - 1) else { return false }
        let gone = consents.remove(at: number - 1)
        try store.save(consents)
        surroundings.leasing.policy.consents = consents
        let what = "\(gone.device) \(gone.port)/\(gone.transport.name)"
        note(.consented, detail: "no longer settled: \(what), by \(requester.name)")
        return true
    }

    private func remember(_ request: LeaseRequest, isAllowed: Bool) throws(StoreError) {
        let asker = request.asker
        let device = asker.mac.map(LeaseDevice.mac)
        var consents = consents()
        for port in request.ports.ports {
            let consent = LeaseConsent(
                device: device ?? .prefix(Prefix(asker.device)), transport: request.transport,
                port: port, isAllowed: isAllowed)
            consents.removeAll {
                $0.device == consent.device && $0.transport == consent.transport
                    && $0.port == consent.port
            }
            consents.append(consent)
        }
        try store.save(consents)
        surroundings.leasing.policy.consents = consents
    }
}

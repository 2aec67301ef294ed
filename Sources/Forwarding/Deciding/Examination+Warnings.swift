import Addressing

extension Examination {
    /// More ports than this in one forward deserve a word (`well-known-exposure` rule 1).
    private static let wideRange = 100

    func warnings() -> [Warning] {
        guard !forward.isException else {
            return [.exception(forward.name, forward.external.ports)]
        }
        return risks()
            + [
                width(), exposure(), foreignAddress(), farTarget(), unopened(), trust(),
            ].compactMap(\.self) + forward.hosts.compactMap(unseen)
    }

    /// At most one: several services share a port, and the name may say which is meant.
    private func risks() -> [Warning] {
        guard !forward.isWhole else { return [] }
        let services = ServiceCatalogue.services(
            at: forward.target.ports, forward.transports, ServiceCatalogue.all)
        let meant = services.filter { $0.names.contains(forward.name.text) }
        let isOpen = forward.sources.isAnywhere
        let risky = (meant.isEmpty ? services : meant).filter {
            $0.risk == .never || ($0.risk == .allowList && isOpen)
        }
        guard let worst = risky.first(where: { $0.risk == .never }) ?? risky.first else {
            return []
        }
        return [
            .risky(
                forward.name, service: worst.title, reason: worst.reason, instead: worst.instead,
                isGrave: worst.risk == .never)
        ]
    }

    private func width() -> Warning? {
        let count = forward.external.ports.count
        return count > Self.wideRange && !forward.isWhole ? .wideRange(forward.name, count) : nil
    }

    private func exposure() -> Warning? {
        guard forward.isWhole else { return nil }
        guard case .address(let address) = forward.external.scope else {
            return .exposedHost(forward.name, forward.target.host)
        }
        return .oneToOne(forward.name, forward.target.host, address)
    }

    private func unopened() -> Warning? {
        guard forward.schedule != nil,
            forward.opening(at: now, in: surroundings.zones) == .closed,
            forward.nextOpening(after: now, in: surroundings.zones) == nil
        else { return nil }
        return .neverOpens(forward.name)
    }

    /// A trusted front says who the client is.
    private func trust() -> Warning? {
        let everybody = forward.relay.trustedProxies.first { $0.length == 0 }
        return everybody.map { .trustsAnyone(forward.name, $0) }
    }

    private func unseen(_ host: TargetHost) -> Warning? {
        guard surroundings.addresses(of: host) == nil else { return nil }
        return switch host {
        case .mac(let mac): .notSeenYet(forward.name, mac)
        case .suffix: .noPrefixYet(forward.name, host)
        case .address, .name, .gateway, .unix: nil
        }
    }

    private func foreignAddress() -> Warning? {
        guard case .address(let address) = forward.external.scope,
            !address.isAny, !address.isLoopback, !surroundings.network.isOwn(address)
        else { return nil }
        return .addressNotOwn(forward.name, address)
    }

    private func farTarget() -> Warning? {
        // Answers to what a relay sends come back to the relay.
        guard forward.relayReason == nil || forward.relay.isTransparent,
            forward.sourceAddress == .kept,
            let address = surroundings.addresses(of: forward.target.host)?.addresses.first
        else { return nil }
        let network = surroundings.network
        guard network.interface(towards: address).map(network.isWAN) ?? true else { return nil }
        return .targetNotLocal(forward.name, address)
    }
}

package import Addressing

/// Looks at one forward as it would stand in the table, and says all that speaks against it.
struct Examination {
    let forward: Forward
    /// The other forwards; one with the same number counts as replaced.
    let table: ForwardingTable
    let surroundings: Surroundings
    let now: Timestamp
    /// The forward as it was, when one is changed: what it had already is not held against it, or a
    /// forward whose name has stopped resolving could not even be switched off.
    var previous: Forward?

    /// One element is written per port of a shifted range, since nothing else in the kernel shifts.
    static let widestShift = 1024
    static let longestComment = 200
    static let mostPrefixes = 1000

    func refusals() -> [Refusal] {
        let problems: [Refusal?] = [
            sameName(), comment(), lists(), endTime(), zone(), exceptionTerms(), widths(),
            upstream(), families(), interface(), targetHost(forward.target.host, .to),
        ]
        let found = problems.compactMap(\.self) + relayRefusals()
        guard found.isEmpty else { return found }
        return (loop() ?? overlap() ?? listener()).map { [$0] } ?? []
    }

    func refusal(_ field: Refusal.Field, _ value: some Any, _ problem: Problem) -> Refusal {
        Refusal(field: field, value: "\(value)", problem: problem)
    }

    private func sameName() -> Refusal? {
        guard let other = table[forward.name], other.id != forward.id else { return nil }
        return refusal(.name, forward.name, .duplicate)
    }

    private func comment() -> Refusal? {
        guard forward.comment.utf8.count <= Self.longestComment else {
            return refusal(
                .comment, forward.comment.prefix(20), .tooLong(limit: Self.longestComment))
        }
        let isControl = forward.comment.unicodeScalars.contains {
            $0.properties.generalCategory == .control
        }
        return isControl ? refusal(.comment, "", .controlCharacter) : nil
    }

    private func lists() -> Refusal? {
        for (field, list) in [
            (Refusal.Field.allow, forward.sources.allowed), (.deny, forward.sources.denied),
        ] where list.count > Self.mostPrefixes {
            return refusal(field, "\(list.count) prefixes", .tooLong(limit: Self.mostPrefixes))
        }
        return nil
    }

    private func endTime() -> Refusal? {
        forward.hasEnded(at: now) ? refusal(.ends, forward.ends?.text ?? "", .ended) : nil
    }

    private func widths() -> Refusal? {
        let (external, target) = (forward.external.ports, forward.target.ports)
        guard !forward.isException else { return nil }
        guard external.count == target.count else {
            return refusal(.to, forward.target, .unequalRanges(external: external, target: target))
        }
        guard external == target || external.count <= Self.widestShift else {
            return refusal(.to, forward.target, .shiftTooWide(limit: Self.widestShift))
        }
        return nil
    }

    private func families() -> Refusal? {
        guard forward.relayReason == nil else { return relayedFamilies() }
        guard let family = forward.target.host.family else { return nil }
        if case .address(let external) = forward.external.scope {
            let fits = external.family == family && (family == .v4 || forward.translatesIPv6)
            guard fits else { return refusal(.at, external, .familyMismatch) }
        }
        guard family == .v6, !forward.translatesIPv6,
            forward.external.ports != forward.target.ports
        else { return nil }
        return refusal(.to, forward.target, .pinholeShift)
    }

    private func interface() -> Refusal? {
        guard case .interface(let name) = forward.external.scope,
            !surroundings.network.isWAN(name)
        else { return nil }
        return refusal(.on, name, .notAWAN(surroundings.network.wans))
    }

    /// Whether there can be a target at `host`.
    func targetHost(_ host: TargetHost, _ field: Refusal.Field) -> Refusal? {
        guard !forward.isException, !host.isUnix else { return nil }
        if case .mac(let mac) = host {
            return mac.isDevice ? nil : refusal(field, mac, .groupAddress)
        }
        if host.isLoopback, forward.relay.engine == .kernel {
            return refusal(field, host, .loopback)
        }
        guard let resolved = surroundings.addresses(of: host), !resolved.isEmpty else {
            // The provider may give the prefix later.
            if case .suffix = host { return nil }
            guard previous?.hosts.contains(host) != true else { return nil }
            return refusal(field, host, .unresolved)
        }
        let problem = resolved.addresses.lazy.compactMap {
            Self.unfit($0, named: host.isFollowed, surroundings.network)
        }.first
        return problem.map { refusal(field, host, $0) }
    }

    /// Why nothing can be forwarded to `address`; nil when it can.
    ///
    /// Loopback is for whoever writes its address: a name server must not open the gateway itself.
    static func unfit(
        _ address: IPAddress, named: Bool, _ network: NetworkView
    ) -> Problem? {
        switch address {
        case .v4(let v4):
            if v4.isUnspecified { return .unspecified }
            if v4.isLoopback { return named ? .loopback : nil }
            if v4.isMulticast { return .multicast }
            if v4.isReserved { return .broadcast }
        case .v6(let v6):
            if v6.isUnspecified { return .unspecified }
            if v6.isLoopback { return named ? .loopback : nil }
            if v6.isMulticast { return .multicast }
            if v6.isLinkLocal { return .linkLocal }
            if v6.isV4Mapped { return .familyMismatch }
        }
        if network.wanAddresses.contains(address) { return .ownWANAddress }
        if named, network.isOwn(address) { return .ownAddress }
        let isEdge = network.links.contains { link in
            link.prefix.family == .v4 && link.prefix.length < 31
                && (link.prefix.base == address || link.prefix.last == address)
        }
        return isEdge ? .broadcast : nil
    }

    /// A forward whose target is an address at which forwards are asked may lead back to itself.
    private func loop() -> Refusal? {
        guard case .address(var address) = forward.target.host else { return nil }
        if forward.target.ports.overlaps(forward.external.ports), isAsked(at: address) {
            return refusal(.to, forward.target, .itself)
        }
        guard case .address(let start) = forward.external.scope else { return nil }
        var (ports, way) = (forward.target.ports, [ForwardName]())
        while way.count <= table.count {
            if address == start, ports.overlaps(forward.external.ports) {
                let problem: Problem = way.isEmpty ? .itself : .circle(way)
                return refusal(.to, forward.target, problem)
            }
            guard let next = hop(from: address, ports) else { return nil }
            guard case .address(let further) = next.target.host else { return nil }
            way.append(next.name)
            (address, ports) = (further, next.target.ports)
        }
        return nil
    }

    /// Whether who asks for that address on this machine asks the forward.
    func isAsked(at address: IPAddress) -> Bool {
        let network = surroundings.network
        return switch forward.external.scope {
        case .address(let own):
            own == address
                || own.isAny && own.family == address.family
                    && (address.isLoopback || network.isOwn(address))
        // A gateway whose WAN is loopback.
        case .everyWAN: address.isLoopback && network.wanAddresses.contains(address)
        case .interface(let name):
            address.isLoopback && network.addresses(of: name).contains(address)
        }
    }

    private func hop(from address: IPAddress, _ ports: PortRange) -> Forward? {
        forward.transports.all
            .flatMap { table.forwards(on: ports.first, $0) }
            .first { $0.id != forward.id && $0.external.scope == .address(address) }
    }

    private func overlap() -> Refusal? {
        let neighbours = table.neighbours(of: forward)
        if let other = neighbours.first(where: forward.leavesTwice(with:)) {
            return refusal(.to, forward.target, .secondAddress(other.name))
        }
        for other in neighbours
        where !forward.nests(with: other)
            && (forward.claims(overlap: other) || meetsAtDevice(other))
        {
            if forward.isException, !other.isException {
                return refusal(.external, forward.externalText, .exceptionBehind(other.name))
            }
            return refusal(
                .external, forward.externalText,
                .overlap(with: other.name, other.external.ports))
        }
        return nil
    }

    /// Whether both answer for IPv6 packets to one device, as it is reached now: under two names, or
    /// by a pinhole and by translation at the device's own address.
    private func meetsAtDevice(_ other: Forward) -> Bool {
        let (mine, others) = (pinhole(of: forward), pinhole(of: other))
        if let mine, mine == others { return true }
        return forward.isTranslated(at: others) || other.isTranslated(at: mine)
    }

    private func pinhole(of forward: Forward) -> IPv6Address? {
        forward.hasPinhole ? surroundings.addresses(of: forward.target.host)?.v6 : nil
    }

    /// A forward wins over a program on the gateway: the program would fall silent for the outside.
    private func listener() -> Refusal? {
        guard forward.enabled, forward.claimsExternalAddress, !forward.isException else {
            return nil
        }
        if let previous, previous.enabled, previous.external == forward.external,
            previous.transports == forward.transports
        {
            return nil
        }
        let asked = askedAddresses()
        let clash = surroundings.listeners.first { listener in
            forward.transports.contains(listener.transport)
                && forward.external.ports.contains(listener.port)
                && listener.hears(asked) && !isTaken(listener)
        }
        guard let clash else { return nil }
        let value =
            forward.isWhole
            ? forward.externalText : "\(clash.port)/\(clash.transport.name)"
        return refusal(.external, value, .listener(clash))
    }

    /// Whether a narrower forward, or an exception, has the port already.
    private func isTaken(_ listener: Listener) -> Bool {
        guard forward.isWhole else { return false }
        return table.forwards(on: listener.port, listener.transport).contains {
            $0.enabled && !$0.isWhole && forward.claims(overlap: $0)
        }
    }

    private func askedAddresses() -> Set<IPAddress> {
        let network = surroundings.network
        let all: [IPAddress] =
            switch forward.external.scope {
            case .everyWAN: network.wanAddresses
            case .interface(let name): network.addresses(of: name)
            case .address(let any) where any.isAny:
                network.links.map(\.address).filter { $0.family == any.family }
            case .address(let address): network.isOwn(address) ? [address] : []
            }
        guard forward.relayReason == nil else {
            return Set(all.filter { forward.asksExternally($0.family) })
        }
        return Set(all.filter { forward.translatesIPv6 || $0.family == .v4 })
    }
}

/// Whether no forward may lead to `address`, whatever it is called.
package func isUnfitTarget(
    _ address: IPAddress, named: Bool, in network: NetworkView
) -> Bool {
    Examination.unfit(address, named: named, network) != nil
}

extension Listener {
    /// Whether it is asked at any of the addresses.
    package func hears(_ asked: Set<IPAddress>) -> Bool {
        if let address { return asked.contains(address) }
        return onlyV6 ? asked.contains { $0.family == .v6 } : !asked.isEmpty
    }
}

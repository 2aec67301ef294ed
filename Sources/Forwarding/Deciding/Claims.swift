import Addressing

extension Forward {
    /// Whether it is asked at the gateway's addresses (by NAT), and not only at the target's own.
    var claimsExternalAddress: Bool {
        guard !isTranslated, let family = target.host.family else { return true }
        return family == .v4
    }

    /// Whether IPv4 packets to an external address can reach it at all.
    package var isAskedOverIPv4: Bool {
        if case .address(.v6) = external.scope { return false }
        return claimsExternalAddress
    }

    /// Whether both would answer for the same packets, now or after an address changes.
    ///
    /// Ports and transports are known to be shared. A forward for every WAN meets any other of its
    /// family; one for an interface meets one for an address, which may move to that interface.
    func claims(overlap other: Forward) -> Bool {
        for family in AddressFamily.allCases
        where asksExternally(family) && other.asksExternally(family) {
            switch (external.scope, other.external.scope) {
            case (.interface(let mine), .interface(let others)) where mine != others: continue
            case (.address(let mine), .address(let others))
            where mine != others && !mine.isAny && !others.isAny: continue
            default: return true
            }
        }
        return hasPinhole && other.hasPinhole && target.host == other.target.host
    }

    func asksExternally(_ family: AddressFamily) -> Bool {
        if case .address(let address) = external.scope, address.family != family { return false }
        guard reachesTarget(over: family) else { return false }
        return family == .v4 || isTranslated || isException
    }

    private func reachesTarget(over family: AddressFamily) -> Bool {
        guard rareRelay != .none else { return target.host.family.map { $0 == family } ?? true }
        return relay.crossesFamilies
            || hosts.contains { $0.family.map { $0 == family } ?? true }
    }

    /// Whether IPv6, too, is asked at the gateway's addresses: a relay answers at no others.
    var isTranslated: Bool { translatesIPv6 || relayReason != nil }

    func isTranslated(at address: IPv6Address?) -> Bool {
        guard isTranslated, let address else { return false }
        return external.scope == .address(.v6(address))
    }

    var hasPinhole: Bool {
        guard !isTranslated, external.ports == target.ports else { return false }
        return target.host.family != .v4
    }
}

extension Forward {
    /// Whether both may ask for the same packets, since one of them is looked at first by its nature.
    ///
    /// A forward or an exception lies within the whole of an address. An exception lies within a
    /// range, or within whatever is asked at every WAN when it is bound to an address or interface:
    /// the kernel looks there first.
    func nests(with other: Forward) -> Bool {
        if isWhole != other.isWhole { return true }
        guard isException != other.isException else { return false }
        return isException ? isBefore(other) : other.isBefore(self)
    }

    private func isBefore(_ wider: Forward) -> Bool {
        switch (external.scope, wider.external.scope) {
        case (.everyWAN, .everyWAN): !wider.external.ports.isSingle
        case (.everyWAN, _): false
        case (_, .everyWAN): true
        default: !wider.external.ports.isSingle
        }
    }

    /// Whether one target would leave as two addresses.
    func leavesTwice(with other: Forward) -> Bool {
        guard isWhole, other.isWhole, target.host == other.target.host,
            case .address(let own) = external.scope,
            case .address(let others) = other.external.scope
        else { return false }
        return own != others && own.family == others.family
    }
}

package import Addressing

/// What stands between a WAN and the internet, as far as it matters to forwards.
package enum WANVerdict: String, Hashable, Sendable, CaseIterable {
    /// The internet sees the WAN's own address.
    case direct
    /// A public address, and no STUN server was named.
    case notAsked = "not-asked"
    /// A public address, and no STUN server answered.
    case stunSilent = "stun-silent"
    /// A public address, and the internet sees another.
    case seenDifferently = "seen-differently"
    /// The internet sees the WAN's address with other ports.
    case portsRewritten = "ports-rewritten"
    /// A router in front translates, and says which public address it has.
    case doubleNATCooperative = "double-nat-cooperative"
    /// A router in front translates, and answers to nothing.
    case doubleNAT = "double-nat"
    /// A router in front translates, and the provider behind it as well.
    case doubleNATAndCarrier = "double-nat-and-cgnat"
    /// The provider shares an address among customers.
    case carrierNAT = "cgnat"
    /// DS-Lite, MAP or 464XLAT.
    case carriedOverIPv6 = "ipv4-over-ipv6"
    /// Two servers see two addresses.
    case noStableAddress = "no-stable-address"
    /// There is IPv6, and no IPv4.
    case onlyIPv6 = "ipv6-only"
    /// There is no address.
    case down

    package var severity: Finding.Severity {
        switch self {
        case .direct, .notAsked, .stunSilent, .onlyIPv6: .note
        case .portsRewritten, .doubleNATCooperative, .doubleNAT: .warning
        case .seenDifferently, .doubleNATAndCarrier, .carrierNAT, .carriedOverIPv6,
            .noStableAddress, .down:
            .problem
        }
    }

    /// What translates in front of the gateway.
    package var above: TranslationAbove {
        switch self {
        case .direct: .none
        case .notAsked, .stunSilent, .onlyIPv6, .down: .unknown
        case .seenDifferently, .portsRewritten, .noStableAddress: .unexplained
        case .doubleNATCooperative, .doubleNAT: .router
        case .doubleNATAndCarrier: .routerAndCarrier
        case .carrierNAT, .carriedOverIPv6: .carrier
        }
    }
}

package enum TranslationAbove: String, Hashable, Sendable, CaseIterable {
    case none
    /// Another router of the same household.
    case router = "double-nat"
    case carrier = "cgnat"
    case routerAndCarrier = "double-nat-and-cgnat"
    /// Something does, and nothing says what.
    case unexplained
    case unknown
}

/// What a WAN's verdict follows from.
package struct WANEvidence: Hashable, Sendable {
    /// The WAN's own address.
    package var address: IPv4Address?
    package var hasIPv6: Bool
    /// From which port the STUN servers were asked.
    package var port: UInt16
    /// What each STUN server that was asked said; nil for one that was silent.
    package var seen: [Endpoint?]
    package var upstream: UpstreamAnswer?

    package init(
        _ address: IPv4Address?, hasIPv6: Bool = false, port: UInt16 = 0, seen: [Endpoint?] = [],
        upstream: UpstreamAnswer? = nil
    ) {
        self.address = address
        self.hasIPv6 = hasIPv6
        self.port = port
        self.seen = seen
        self.upstream = upstream
    }
}

extension WANVerdict {
    /// The first row that fits.
    package init(_ evidence: WANEvidence) {
        guard let address = evidence.address else {
            self = evidence.hasIPv6 ? .onlyIPv6 : .down
            return
        }
        let seen = evidence.seen.compactMap(\.self)
        guard Set(seen.map(\.address)).count < 2 else {
            self = .noStableAddress
            return
        }
        switch address.kind {
        case .carrier: self = .carrierNAT
        case .carriedOverIPv6: self = .carriedOverIPv6
        case .siteLocal, .linkLocal:
            self = Self.behindRouter(seen.first?.address, evidence.upstream?.address)
        // A lab's documentation addresses are the internet of that lab.
        default: self = Self.withPublic(address, seen.first, evidence)
        }
    }

    /// - Parameters:
    ///   - seen: what the internet sees.
    ///   - upstream: what the router in front says that it has.
    private static func behindRouter(_ seen: IPAddress?, _ upstream: IPv4Address?) -> Self {
        if let upstream, upstream.kind.isTranslated { return .doubleNATAndCarrier }
        if seen?.kind == .carrier { return .doubleNATAndCarrier }
        guard let upstream, seen == nil || seen == .v4(upstream) else { return .doubleNAT }
        return .doubleNATCooperative
    }

    private static func withPublic(
        _ address: IPv4Address, _ seen: Endpoint?, _ evidence: WANEvidence
    ) -> Self {
        guard let seen else { return evidence.seen.isEmpty ? .notAsked : .stunSilent }
        guard seen.address == .v4(address) else { return .seenDifferently }
        return seen.port == evidence.port ? .direct : .portsRewritten
    }
}

package import Addressing

/// Asks the router in front of a WAN which address it has outside, by PCP, NAT-PMP or UPnP.
package protocol UpstreamAsking: Sendable {
    /// Waits for the answer, some seconds at most.
    ///
    /// - Parameters:
    ///   - router: the WAN's next hop, where it has one.
    ///   - own: the WAN's address, which the question comes from.
    /// - Returns: nil when no router answers.
    /// - Throws: when it could not be asked.
    func externalAddress(
        by router: IPv4Address?, from own: IPv4Address, on wan: InterfaceName
    ) async throws(UpstreamUnreached) -> UpstreamAnswer?
}

/// The machine itself could not ask.
package struct UpstreamUnreached: Error, Hashable, Sendable {
    /// The error number.
    package var code: Int32

    package init(code: Int32) { self.code = code }
}

/// What a router in front said of itself.
package struct UpstreamAnswer: Hashable, Sendable {
    package enum Dialect: String, Hashable, Sendable, CaseIterable {
        case pcp, natPMP = "nat-pmp", upnp
    }

    package var dialect: Dialect
    /// Its address outside.
    package var address: IPv4Address

    package init(_ dialect: Dialect, _ address: IPv4Address) {
        (self.dialect, self.address) = (dialect, address)
    }
}

/// Asks no router.
package struct UpstreamUnasked: UpstreamAsking {
    package init() {}

    package func externalAddress(
        by router: IPv4Address?, from own: IPv4Address, on wan: InterfaceName
    ) async -> UpstreamAnswer? { nil }
}

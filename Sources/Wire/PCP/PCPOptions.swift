package import Addressing

/// What a message says beyond its operation; what is unknown and optional is not among it.
package struct PCPOptions: Hashable, Sendable {
    /// The device that the mapping is for, where it is not who asks (RFC 6887 section 13.1).
    package var thirdParty: IPAddress?
    /// Rather nothing than another external endpoint than the suggested one (section 13.2).
    package var prefersFailure: Bool
    /// In the order in which they are to be applied (section 13.3).
    package var filters: [PCPFilter]
    package var portSet: PCPPortSet?

    package init(
        thirdParty: IPAddress? = nil, prefersFailure: Bool = false, filters: [PCPFilter] = [],
        portSet: PCPPortSet? = nil
    ) {
        self.thirdParty = thirdParty
        self.prefersFailure = prefersFailure
        self.filters = filters
        self.portSet = portSet
    }

    package static let none = PCPOptions()
}

/// A step on the way to who may use a mapping.
package enum PCPFilter: Hashable, Sendable {
    /// Everybody may, as without a filter.
    case deleteAll
    case allow(PCPRemotes)
}

/// Remotes that may use a mapping.
package struct PCPRemotes: Hashable, Sendable {
    package let prefix: Prefix
    /// Nil for any.
    package let port: UInt16?

    /// Nil for `::/0`, which cannot be said: its length is that of "delete all filters".
    package init?(_ prefix: Prefix, port: UInt16? = nil) {
        guard prefix.family == .v4 || prefix.length > 0 else { return nil }
        self.prefix = prefix
        self.port = port == 0 ? nil : port
    }
}

/// Several ports in a row with one request (RFC 7753).
package struct PCPPortSet: Hashable, Sendable {
    /// 1 or more; 65535 asks for as many as can be had.
    package let size: UInt16
    package let firstInternalPort: UInt16
    /// Whether an even port shall get an even one outside, and an odd port an odd one.
    package let keepsParity: Bool

    /// Nil for no port at all.
    package init?(size: UInt16, firstInternalPort: UInt16, keepsParity: Bool = false) {
        guard size > 0 else { return nil }
        self.size = size
        self.firstInternalPort = firstInternalPort
        self.keepsParity = keepsParity
    }
}

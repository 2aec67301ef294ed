/// Why a port could not be had.
package enum UpstreamFailure: Error, Hashable, Sendable {
    /// The machine has no default route over IPv4, or no address on it.
    case noRouter
    /// Nobody answers there, by any protocol.
    case silent
    /// It answers, and will not.
    case refused(UpstreamRefusal)
    /// Another router that translates stands between here and the one that answers (ADDRESS_MISMATCH).
    case translatedBetween
    /// Only this one was to be had, which is of no use; it may be that it could not be given back.
    case otherPort(UInt16, isKept: Bool)
    /// What it answers makes no sense.
    case unusable(MappingDialect)
    /// The machine itself could not ask; the error number.
    case unasked(Int32)
}

/// A router's no.
package struct UpstreamRefusal: Hashable, Sendable {
    package enum Reason: Hashable, Sendable, CaseIterable {
        /// It is switched off, or its rules forbid this one.
        case notAuthorized
        /// Its table is full, or the share of this machine.
        case noResources
        /// The external port belongs to another.
        case portTaken
        case noExternalAddress
        /// It cannot map this protocol, or not in this way.
        case unsupported
        case other
    }

    package var dialect: MappingDialect
    /// As the protocol numbers it.
    package var code: UInt16
    package var reason: Reason

    package init(_ dialect: MappingDialect, code: UInt16, _ reason: Reason) {
        (self.dialect, self.code, self.reason) = (dialect, code, reason)
    }
}

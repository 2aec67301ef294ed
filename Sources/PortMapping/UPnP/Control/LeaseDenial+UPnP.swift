import Forwarding
import Wire

/// Why not, in the numbers of UPnP.
///
/// Whose a port is that cannot be had is not told: another device's and the operator's look the same.
extension LeaseDenial {
    /// - Parameter version: of the service that was called; the first knows no rights and no quotas, and
    /// its clients try another port after 718.
    func connectionError(_ version: UInt8) -> UPnPError {
        switch self {
        case .stranger, .notOwnAddress, .otherDevice, .nonce, .rule, .lowPort, .risky, .unfitTarget:
            version == 1 ? .conflictInMappingEntry : .actionNotAuthorized
        case .taken, .operators, .cannotProvide: .conflictInMappingEntry
        case .noPort, .quota, .tableFull, .failed:
            version == 1 ? .actionFailed : .noPortMapsAvailable
        case .awaitsConsent: .humanInterventionRequired
        case .unknown: .noSuchEntryInArray
        case .transport: .invalidArguments
        case .tooManyPeers, .noAddress: .actionFailed
        }
    }

    /// Of mappings that are to go.
    func deletionError(_ version: UInt8) -> UPnPError {
        switch self {
        case .unknown: .noSuchEntryInArray
        default: version == 1 ? .noSuchEntryInArray : .actionNotAuthorized
        }
    }

    var pinholeError: UPnPError {
        switch self {
        case .stranger, .notOwnAddress, .otherDevice, .nonce, .rule, .lowPort, .risky,
            .unfitTarget, .operators:
            .actionNotAuthorized
        case .awaitsConsent: .humanInterventionRequired
        case .quota, .tableFull, .noPort, .tooManyPeers: .pinholeSpaceExhausted
        case .unknown: .noSuchEntry
        case .transport: .protocolNotSupported
        case .taken, .cannotProvide, .noAddress, .failed: .actionFailed
        }
    }
}

import Forwarding
import Wire

/// Why not, in the words of the protocols.
extension LeaseDenial {
    /// - Parameter isExact: whether only the suggested external port would have done.
    func pcp(isExact: Bool) -> PCPError {
        switch self {
        case .stranger, .notOwnAddress, .otherDevice, .nonce, .rule, .lowPort, .risky,
            .unfitTarget:
            .notAuthorized
        // Whose the port is that cannot be had, a device need not know.
        case .operators: isExact ? .cannotProvideExternal : .notAuthorized
        case .cannotProvide, .taken, .noPort: isExact ? .cannotProvideExternal : .noResources
        // A code with a short lifetime: the operator may allow it soon, and the device asks again.
        case .awaitsConsent: .noResources
        case .unknown, .tableFull, .failed: .noResources
        case .transport: .unsupportedProtocol
        case .quota: .quotaExceeded
        case .tooManyPeers: .excessiveRemotePeers
        case .noAddress: .networkFailure
        }
    }

    var natPMP: NATPMPError {
        switch self {
        case .stranger, .notOwnAddress, .otherDevice, .nonce, .rule, .lowPort, .risky,
            .unfitTarget, .operators, .transport:
            .notAuthorized
        // Clients ask again after the code for "no resources", and give up after "not authorized".
        case .awaitsConsent: .outOfResources
        case .cannotProvide, .taken, .noPort, .unknown, .tableFull, .failed, .quota, .tooManyPeers:
            .outOfResources
        case .noAddress: .networkFailure
        }
    }
}

/// Why a server does not do what it is asked (RFC 6887 section 7.4).
package enum PCPError: UInt8, Error, Hashable, Sendable, CaseIterable {
    case unsupportedVersion = 1
    /// By policy, for a nonce that is not the mapping's, or because an operator's forward is touched.
    case notAuthorized = 2
    case malformedRequest = 3
    case unsupportedOpcode = 4
    /// An option that has to be understood, and is not or is switched off.
    case unsupportedOption = 5
    case malformedOption = 6
    /// There is no external address.
    case networkFailure = 7
    case noResources = 8
    case unsupportedProtocol = 9
    case quotaExceeded = 10
    case cannotProvideExternal = 11
    /// The client sees another address of itself than the server does: something in between
    /// translates.
    case addressMismatch = 12
    case excessiveRemotePeers = 13

    /// For how many seconds the same request would fail again.
    package var lifetime: UInt32 {
        switch self {
        case .networkFailure, .noResources, .quotaExceeded, .cannotProvideExternal: 30
        case .unsupportedVersion, .notAuthorized, .malformedRequest, .unsupportedOpcode,
            .unsupportedOption, .malformedOption, .unsupportedProtocol, .addressMismatch,
            .excessiveRemotePeers:
            1800
        }
    }
}

/// What a response says, numbers included that only later documents know.
package enum PCPResult: Hashable, Sendable {
    case success
    case refused(PCPError)
    /// A failure, whatever it means.
    case unknown(UInt8)

    init(code: UInt8) {
        self = code == 0 ? .success : PCPError(rawValue: code).map(Self.refused) ?? .unknown(code)
    }

    package var code: UInt8 {
        switch self {
        case .success: 0
        case .refused(let error): error.rawValue
        case .unknown(let code): code
        }
    }
}

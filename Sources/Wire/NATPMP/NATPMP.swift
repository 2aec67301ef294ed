/// Numbers of the NAT Port Mapping Protocol (RFC 6886); its ports are those of PCP.
package enum NATPMP {
    /// What a client asks for unless it knows better, in seconds (section 3.3).
    package static let usualLifetime: UInt32 = 7200

    static let version: UInt8 = 0
    static let responseBit: UInt8 = 0x80
    static let requestLength = 12
    static let addressLength = 12
    static let mapLength = 16
}

/// Why a server does not do what it is asked (section 3.5).
package enum NATPMPError: UInt16, Error, Hashable, Sendable, CaseIterable {
    case unsupportedVersion = 1
    case notAuthorized = 2
    /// There is no external address.
    case networkFailure = 3
    case outOfResources = 4
    case unsupportedOpcode = 5
}

/// The protocols that can be mapped; the raw value is the opcode.
package enum NATPMPTransport: UInt8, Hashable, Sendable, CaseIterable {
    case udp = 1
    case tcp = 2
}

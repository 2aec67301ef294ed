/// Numbers of the Port Control Protocol (RFC 6887).
package enum PCP {
    /// Where servers listen, over UDP; NAT-PMP has the same port.
    package static let serverPort: UInt16 = 5351
    /// Where clients listen for announcements.
    package static let clientPort: UInt16 = 5350
    /// The longest message, in bytes of UDP payload (section 7).
    package static let longest = 1100
    /// Remotes that one mapping can be bound to.
    package static let mostRemotes = 16
    /// What a lifetime beyond reason is taken for, in seconds: a day (section 15).
    package static let longestLifetime: UInt32 = 86_400

    static let version: UInt8 = 2
    static let natPMPVersion: UInt8 = 0
    static let responseBit: UInt8 = 0x80
    static let headerLength = 24
}

/// What a message is about (RFC 6887 section 7.1).
package enum PCPOpcode: UInt8, Hashable, Sendable, CaseIterable {
    case announce = 0
    case map = 1
    case peer = 2

    /// The bytes that stand between the header and the options.
    var dataLength: Int {
        switch self {
        case .announce: 0
        case .map: 36
        case .peer: 56
        }
    }
}

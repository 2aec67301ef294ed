package import Addressing

/// Why a device does not get what it asked for.
package enum LeaseDenial: Error, Hashable, Sendable {
    // Who asks.
    /// The request came from no device inside.
    case stranger
    /// It is about somebody else's address, and the asker is no manager.
    case notOwnAddress
    /// Another device has the address now than the one whose mapping it is.
    case otherDevice
    /// The nonce is not the mapping's.
    case nonce

    // What is asked for.
    case transport(TransportProtocol)
    /// The operator's rules say no.
    case rule
    /// The operator is asked first; by this number.
    case awaitsConsent(Int)
    /// Ports below 1024 are the gateway's and the operator's to give.
    case lowPort(UInt16)
    /// A service that is attacked as soon as it is reachable.
    case risky(String)
    /// Nothing may lead there: the gateway itself, another subnet.
    case unfitTarget
    /// There is no mapping of the kind.
    case unknown

    // What there is.
    /// Somebody else has the external port.
    case taken
    /// It is the operator's, who alone may change it.
    case operators
    /// Only what was wished for would do, and it cannot be had.
    case cannotProvide
    /// No port is left that the device may have.
    case noPort
    /// The device has as many as it may have.
    case quota(Int)
    case tableFull
    /// More than so many filters for one mapping.
    case tooManyPeers(Int)
    /// There is no external address at the moment.
    case noAddress
    /// The engine, or the store, would not have it.
    case failed
}

extension LeaseDenial {
    /// For programs and records: stable, short.
    package var code: String {
        switch self {
        case .stranger: "stranger"
        case .notOwnAddress: "not-own-address"
        case .otherDevice: "other-device"
        case .nonce: "wrong-nonce"
        case .transport: "unknown-protocol"
        case .rule: "denied-by-rule"
        case .awaitsConsent: "awaits-consent"
        case .lowPort: "low-port"
        case .risky: "risky-service"
        case .unfitTarget: "unfit-target"
        case .unknown: "unknown-mapping"
        case .taken: "taken"
        case .operators: "operators"
        case .cannotProvide: "cannot-provide"
        case .noPort: "no-port"
        case .quota: "quota"
        case .tableFull: "table-full"
        case .tooManyPeers: "too-many-peers"
        case .noAddress: "no-wan-address"
        case .failed: "failed"
        }
    }
}

import Addressing
import Forwarding

/// Where a proxy listens.
enum ProxyBind {
    /// The scope of a forward in the place of a proxy that is bound to an address.
    ///
    /// - Throws: `familyMismatch` where it takes IPv6 clients to an IPv4 target or the other way
    ///   round: forwards stay within one IP version.
    static func scope(
        of text: String, to host: TargetHost
    ) throws(Reason) -> ExternalSide.Scope {
        guard !text.isEmpty, text != "*" else { return .everyWAN }
        guard let address = IPAddress(text) else { throw .severalAddresses(text) }
        if case .address(let target) = host, target.family != address.family {
            throw .familyMismatch
        }
        switch address {
        case .v4(let v4) where v4.bits == 0: return .everyWAN
        case .v6(let v6) where v6.isUnspecified: return .everyWAN
        default: return .address(address)
        }
    }
}

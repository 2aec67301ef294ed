import Addressing
package import Forwarding
package import Wire

/// Draws the nonce of each mapping from one secret.
///
/// A program that was killed finds its mappings again after it has been started anew: a nonce that was
/// lost would shut it out until they end (RFC 6887 section 11.1). Nobody who does not know the secret can
/// foresee them.
package struct UpstreamNonces: Hashable, Sendable {
    private let secret: SipHash.Key

    package init(secret low: UInt64, _ high: UInt64) { secret = SipHash.Key(low, high) }

    /// A secret of its own for each machine, made of what it is known by.
    ///
    /// - Parameter text: that of `/etc/machine-id`, which must not be shown to others (machine-id(5)).
    package init?(machine text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(64))
        guard bytes.count >= 32 else { return nil }
        func part(_ number: UInt64) -> UInt64 {
            SipHash.hash(bytes, SipHash.Key(0x706f_7274_6375_6c6c, number))
        }
        secret = SipHash.Key(part(1), part(2))
    }

    package func nonce(for key: UpstreamKey) -> MappingNonce {
        let port = [UInt8(key.port >> 8), UInt8(truncatingIfNeeded: key.port)]
        let name = [key.transport.rawValue] + port
        return MappingNonce(
            high: SipHash.hash([0] + name, secret),
            low: UInt32(truncatingIfNeeded: SipHash.hash([1] + name, secret)))
    }
}

extension UpstreamNonces: CustomStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

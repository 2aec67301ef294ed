package import Addressing

/// What a server makes of a datagram, before it looks at any mapping (RFC 6887 section 8.2).
package enum PCPDatagram: Hashable, Sendable {
    /// Nothing may be answered: too little to be told what, or a response.
    case silence
    /// Version 0, which has the same port.
    case natPMP
    case refused(PCPError, response: [UInt8])
    case request(PCPRequest)

    /// Reads a datagram that came to an address of the server from `source`.
    ///
    /// A buffer for it has to hold a byte more than `PCP.longest`, or what is too long looks right.
    package static func read(
        _ bytes: Span<UInt8>, from source: IPAddress, offering offer: PCPOffer
    ) -> PCPDatagram {
        guard bytes.count >= 2, bytes[1] & PCP.responseBit == 0 else { return .silence }
        guard bytes[0] != PCP.natPMPVersion else { return .natPMP }
        do throws(PCPError) {
            guard bytes[0] == PCP.version else { throw .unsupportedVersion }
            guard bytes.count >= PCP.headerLength else { return .silence }
            return .request(try PCPRequest(reading: bytes, from: source, offering: offer))
        } catch {
            return .refused(error, response: error.response(to: bytes, epoch: offer.epoch))
        }
    }
}

/// What a server does for its clients.
package struct PCPOffer: Hashable, Sendable {
    /// For how many seconds it has known its mappings: every answer says it.
    package var epoch: UInt32
    package var peers: Bool
    /// Whether a device may ask for another one; whether this one may is policy.
    package var thirdParties: Bool

    package init(epoch: UInt32, peers: Bool = true, thirdParties: Bool = false) {
        self.epoch = epoch
        self.peers = peers
        self.thirdParties = thirdParties
    }
}

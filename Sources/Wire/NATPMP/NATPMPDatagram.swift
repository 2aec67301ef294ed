/// What a server makes of a datagram, before it looks at any mapping (RFC 6886 sections 3.2 to 3.5).
package enum NATPMPDatagram: Hashable, Sendable {
    /// Nothing may be answered: too short, or a response.
    case silence
    case refused(NATPMPError, response: [UInt8])
    case request(NATPMPRequest)

    /// Reads a datagram that came to an address of the server.
    ///
    /// Where PCP is served as well, only version 0 belongs here.
    ///
    /// - Parameter epoch: For how many seconds the server has known its mappings.
    package static func read(_ bytes: Span<UInt8>, epoch: UInt32) -> NATPMPDatagram {
        guard bytes.count >= 2, bytes[1] & NATPMP.responseBit == 0 else { return .silence }
        guard bytes[0] == NATPMP.version else {
            return .refused(.unsupportedVersion, response: wrongVersion(epoch: epoch))
        }
        guard bytes[1] != 0 else { return .request(.externalAddress) }
        guard let transport = NATPMPTransport(rawValue: bytes[1]) else {
            return .refused(.unsupportedOpcode, response: wrongOpcode(bytes))
        }
        var rest = Stretch(min(4, bytes.count)..<bytes.count)
        guard let map = NATPMPMap(transport, next: &rest, in: bytes) else { return .silence }
        return .request(.map(map))
    }

    /// The header alone; no opcode is known of a version that is not.
    private static func wrongVersion(epoch: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [NATPMP.version, 0]
        bytes.append(number: NATPMPError.unsupportedVersion.rawValue)
        bytes.append(number: epoch)
        return bytes
    }

    /// The request, with the result where every response has it (section 3.5).
    private static func wrongOpcode(_ request: Span<UInt8>) -> [UInt8] {
        var bytes = (0..<min(request.count, PCP.longest)).map { request[$0] }
        bytes.append(zeros: max(0, 4 - bytes.count))
        bytes[1] |= NATPMP.responseBit
        bytes.put(number: NATPMPError.unsupportedOpcode.rawValue, at: 2)
        return bytes
    }
}

package import Addressing

/// What a client makes of a datagram from its gateway.
package enum NATPMPAnswer: Hashable, Sendable {
    case externalAddress(IPv4Address, epoch: UInt32)
    case mapped(NATPMPMap, epoch: UInt32)
    /// `epoch` is nil where the answer has none.
    case refused(NATPMPError, epoch: UInt32?)
    /// A failure with a number that is not defined: it is final for that request.
    case failed(code: UInt16, epoch: UInt32)

    /// Reads the answer to `request`; nil for everything that is to be ignored.
    ///
    /// An announcement reads as the answer to the question for the external address.
    package static func read(_ bytes: Span<UInt8>, to request: NATPMPRequest) -> NATPMPAnswer? {
        var rest = Stretch(0..<bytes.count)
        guard rest.next(UInt8.self, in: bytes) == NATPMP.version,
            let opcode = rest.next(UInt8.self, in: bytes),
            let code = rest.next(UInt16.self, in: bytes)
        else { return nil }
        let isOurs = opcode == NATPMP.responseBit | request.opcode
        if code == NATPMPError.unsupportedOpcode.rawValue {
            // The request comes back with it: what stands there is no time.
            return isOurs ? .refused(.unsupportedOpcode, epoch: nil) : nil
        }
        guard let epoch = rest.next(UInt32.self, in: bytes) else { return nil }
        if code == NATPMPError.unsupportedVersion.rawValue {
            // By the letter the opcode is 0; most servers copy it, with the bit of a response.
            return isOurs || opcode == 0 ? .refused(.unsupportedVersion, epoch: epoch) : nil
        }
        guard isOurs, let answer = body(&rest, in: bytes, of: request, epoch: epoch), rest.isEmpty
        else { return nil }
        guard code != 0 else { return answer }
        return NATPMPError(rawValue: code).map { .refused($0, epoch: epoch) }
            ?? .failed(code: code, epoch: epoch)
    }

    /// As if it were a success; nil when it belongs to another mapping.
    private static func body(
        _ rest: inout Stretch, in bytes: Span<UInt8>, of request: NATPMPRequest, epoch: UInt32
    ) -> NATPMPAnswer? {
        switch request {
        case .externalAddress:
            guard let bits = rest.next(UInt32.self, in: bytes) else { return nil }
            return .externalAddress(IPv4Address(bits: bits), epoch: epoch)
        case .map(let asked):
            guard let map = NATPMPMap(asked.transport, next: &rest, in: bytes),
                map.internalPort == asked.internalPort
            else { return nil }
            return .mapped(map, epoch: epoch)
        }
    }
}

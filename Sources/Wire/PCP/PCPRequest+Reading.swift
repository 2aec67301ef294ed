import Addressing

extension PCPRequest {
    /// Reads a datagram of version 2 that has a header, and finds the first thing wrong with it.
    ///
    /// The order is that of RFC 6887 section 8.2: length, address, opcode, options, fields.
    init(
        reading bytes: Span<UInt8>, from source: IPAddress, offering offer: PCPOffer
    ) throws(PCPError) {
        var rest = Stretch(0..<bytes.count)
        guard Self.hasPossibleLength(bytes), rest.take(4) != nil,
            let lifetime = rest.next(UInt32.self, in: bytes),
            let client = rest.nextMapped(in: bytes)
        else { throw .malformedRequest }
        guard client == source.unmapped else { throw .addressMismatch }
        guard let opcode = PCPOpcode(rawValue: bytes[1]), opcode != .peer || offer.peers
        else { throw .unsupportedOpcode }
        guard let operation = PCPOperation(opcode, next: &rest, in: bytes)
        else { throw .malformedRequest }
        let options = try PCPOptions(
            reading: rest, in: bytes, for: opcode, allowsThirdParty: offer.thirdParties)
        self.init(operation, lifetime: lifetime, client: client, options: options)
        try checkFields()
        try checkOptions()
    }

    /// Whether a message can have it, for what byte 1 says it is.
    static func hasPossibleLength(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= PCP.headerLength, bytes.count <= PCP.longest, bytes.count % 4 == 0
        else { return false }
        let data = PCPOpcode(rawValue: bytes[1] & ~PCP.responseBit)?.dataLength ?? 0
        return bytes.count >= PCP.headerLength + data
    }

    private func checkFields() throws(PCPError) {
        switch operation {
        case .announce: return
        case .map(let map):
            guard map.protocolNumber != 0 || map.internalPort == 0
            else { throw .malformedRequest }
        case .peer(let peer):
            guard peer.mapping.protocolNumber != 0, peer.mapping.internalPort != 0,
                peer.remote.port != 0, !peer.remote.address.isAny,
                peer.remote.address.family == internalAddress.family
            else { throw .malformedRequest }
        }
    }

    private func checkOptions() throws(PCPError) {
        guard options.thirdParty != client else { throw .malformedRequest }
        guard let map = operation.mapping else { return }
        if options.prefersFailure, !isDeletion {
            guard map.external.port != 0 || !map.external.address.isAny
            else { throw .malformedOption }
        }
        guard options.filters.isEmpty || !isDeletion else { throw .malformedOption }
        for case .allow(let remotes) in options.filters {
            guard remotes.prefix.family == internalAddress.family else { throw .malformedOption }
        }
        guard let set = options.portSet else { return }
        guard map.internalPort != 0, set.firstInternalPort == map.internalPort
        else { throw .malformedOption }
    }
}

import Addressing

/// What a client makes of a datagram from its server (RFC 6887 section 8.3).
package enum PCPAnswer: Hashable, Sendable {
    case response(PCPResponse)
    /// The server does not know version 2; 0 says that it knows NAT-PMP alone.
    ///
    /// `retry` says after how many seconds it may be asked the same again.
    case otherVersion(UInt8, retry: UInt32)

    /// Reads the answer to `request`; nil for everything that is to be ignored.
    package static func read(_ bytes: Span<UInt8>, to request: PCPRequest) -> PCPAnswer? {
        if let response = PCPResponse(reading: bytes) {
            return response.answers(request) ? .response(response) : nil
        }
        guard bytes.count >= 8, bytes[0] != PCP.version, bytes[3] == 1 else { return nil }
        if bytes[0] == PCP.natPMPVersion, bytes[2] == 0 { return .otherVersion(0, retry: 0) }
        guard bytes.count >= PCP.headerLength,
            bytes[1] == PCP.responseBit | request.operation.opcode.rawValue
        else { return nil }
        var rest = Stretch(4..<8)
        return .otherVersion(bytes[0], retry: rest.next(UInt32.self, in: bytes) ?? 0)
    }
}

extension PCPResponse {
    /// Reads any response of version 2, one that nobody asked for too; nil for what is none.
    ///
    /// The options of a refusal are those that the server did not like: they are not looked at.
    package init?(reading bytes: Span<UInt8>) {
        var rest = Stretch(0..<bytes.count)
        guard PCPRequest.hasPossibleLength(bytes), bytes[0] == PCP.version,
            bytes[1] & PCP.responseBit != 0,
            let opcode = PCPOpcode(rawValue: bytes[1] & ~PCP.responseBit), rest.take(4) != nil,
            let lifetime = rest.next(UInt32.self, in: bytes),
            let epoch = rest.next(UInt32.self, in: bytes), rest.take(12) != nil,
            let operation = PCPOperation(opcode, next: &rest, in: bytes)
        else { return nil }
        self.init(
            operation, result: PCPResult(code: bytes[3]), lifetime: lifetime, epoch: epoch)
        guard result == .success else { return }
        let options = try? PCPOptions(
            reading: rest, in: bytes, for: opcode, allowsThirdParty: true)
        guard let options else { return nil }
        self.options = options
    }

    /// Whether it speaks of what was asked (sections 11.4, 12.3).
    package func answers(_ request: PCPRequest) -> Bool {
        switch (operation, request.operation) {
        case (.announce, .announce): true
        case (.map(let map), .map(let asked)): map.isSame(as: asked) && fits(request.options)
        case (.peer(let peer), .peer(let asked)):
            peer.remote == asked.remote && peer.mapping.isSame(as: asked.mapping)
                && fits(request.options)
        default: false
        }
    }

    /// Whether it is for the same device and gives no more ports than were asked for.
    private func fits(_ asked: PCPOptions) -> Bool {
        guard result == .success else { return true }
        return options.thirdParty == asked.thirdParty
            && options.portSet.map(\.size) ?? 0 <= asked.portSet.map(\.size) ?? 0
    }
}

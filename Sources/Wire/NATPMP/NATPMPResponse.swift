package import Addressing

/// What a server answers (RFC 6886 sections 3.2, 3.3).
package struct NATPMPResponse: Hashable, Sendable {
    package var content: Content
    /// For how many seconds the server has known its mappings.
    package var epoch: UInt32

    package enum Content: Hashable, Sendable {
        /// The answer to a question, and the announcement to all (section 3.2.1).
        case externalAddress(IPv4Address)
        case mapped(NATPMPMap)
        case refused(NATPMPError, NATPMPRequest)
    }

    package init(_ content: Content, epoch: UInt32) {
        self.content = content
        self.epoch = epoch
    }

    /// That the mapping is gone, or that there was none.
    package static func deleted(_ map: NATPMPMap, epoch: UInt32) -> NATPMPResponse {
        NATPMPResponse(.mapped(map.unmapped), epoch: epoch)
    }

    package var bytes: [UInt8] {
        switch content {
        case .externalAddress(let address):
            return bytes(0, result: 0) { $0.append(number: address.bits) }
        case .mapped(let map):
            return bytes(map.transport.rawValue, result: 0) { map.write(to: &$0) }
        case .refused(let error, let request):
            return bytes(request.opcode, result: error.rawValue) { bytes in
                switch request {
                case .externalAddress: bytes.append(zeros: 4)
                case .map(let map): map.unmapped.write(to: &bytes)
                }
            }
        }
    }

    private func bytes(
        _ opcode: UInt8, result: UInt16, body: (inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes = [NATPMP.version, NATPMP.responseBit | opcode]
        bytes.append(number: result)
        bytes.append(number: epoch)
        body(&bytes)
        return bytes
    }
}

package import Addressing

/// What a server answers, or says without having been asked (RFC 6887 section 7.2).
package struct PCPResponse: Hashable, Sendable {
    /// With the external endpoint that was assigned; with the suggested one in a refusal.
    package var operation: PCPOperation
    package var result: PCPResult
    /// In seconds: of the mapping, or for how long the request is going to be refused.
    package var lifetime: UInt32
    /// For how many seconds the server has known its mappings.
    package var epoch: UInt32
    /// Those of the request that counted.
    package var options: PCPOptions

    package init(
        _ operation: PCPOperation, result: PCPResult = .success, lifetime: UInt32, epoch: UInt32,
        options: PCPOptions = .none
    ) {
        self.operation = operation
        self.result = result
        self.lifetime = lifetime
        self.epoch = epoch
        self.options = options
    }

    /// To every client, when the server lost its mappings or has another address (section 14.1).
    package static func announcement(epoch: UInt32) -> PCPResponse {
        PCPResponse(.announce, lifetime: 0, epoch: epoch)
    }

    package var bytes: [UInt8] {
        var bytes = [PCP.version, PCP.responseBit | operation.opcode.rawValue, 0, result.code]
        bytes.append(number: lifetime)
        bytes.append(number: epoch)
        bytes.append(zeros: 12)
        operation.write(to: &bytes)
        options.write(to: &bytes)
        return bytes
    }
}

extension PCPRequest {
    /// The answer that it is done.
    ///
    /// - Parameters:
    ///   - external: What was assigned; of no account for an announcement.
    ///   - portSet: What was granted of the set; nil when only one port was mapped.
    package func granted(
        _ external: Endpoint, lifetime: UInt32, epoch: UInt32, portSet: PCPPortSet? = nil
    ) -> PCPResponse {
        var (operation, options) = (self.operation, self.options)
        switch operation {
        case .announce: break
        case .map(var map):
            map.external = external
            operation = .map(map)
        case .peer(var peer):
            peer.mapping.external = external
            operation = .peer(peer)
        }
        options.portSet = options.portSet == nil ? nil : portSet
        return PCPResponse(operation, lifetime: lifetime, epoch: epoch, options: options)
    }
}

package import Addressing

/// What a client asks of a server (RFC 6887 section 7.1).
package struct PCPRequest: Hashable, Sendable {
    package var operation: PCPOperation
    /// In seconds; 0 deletes a mapping.
    package var lifetime: UInt32
    /// The client's own address, as it sees it.
    package var client: IPAddress
    package var options: PCPOptions

    package init(
        _ operation: PCPOperation, lifetime: UInt32 = 0, client: IPAddress,
        options: PCPOptions = .none
    ) {
        self.operation = operation
        self.lifetime = lifetime
        self.client = client
        self.options = options
    }

    /// Whose mapping it is about.
    package var internalAddress: IPAddress { options.thirdParty ?? client }

    /// Whether it takes a mapping away; a peer's cannot be (section 12.1).
    package var isDeletion: Bool { operation.opcode == .map && lifetime == 0 }

    package var bytes: [UInt8] {
        var bytes = [PCP.version, operation.opcode.rawValue, 0, 0]
        bytes.append(number: lifetime)
        bytes.append(mapped: client)
        operation.write(to: &bytes)
        options.write(to: &bytes)
        return bytes
    }
}

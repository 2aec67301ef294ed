package import Addressing

/// What a client asks of its gateway (RFC 6886 sections 3.2, 3.3).
package enum NATPMPRequest: Hashable, Sendable {
    case externalAddress
    case map(NATPMPMap)

    package var bytes: [UInt8] {
        guard case .map(let map) = self else { return [NATPMP.version, opcode] }
        var bytes = [NATPMP.version, opcode, 0, 0]
        map.write(to: &bytes)
        return bytes
    }

    var opcode: UInt8 {
        switch self {
        case .externalAddress: 0
        case .map(let map): map.transport.rawValue
        }
    }
}

/// A mapping, as the client asks for it and the server grants it.
package struct NATPMPMap: Hashable, Sendable {
    package var transport: NATPMPTransport
    package var internalPort: UInt16
    /// Suggested in a request, 0 for any; in a response the mapped one, 0 for none.
    package var externalPort: UInt16
    /// In seconds; 0 deletes.
    package var lifetime: UInt32

    package init(
        _ transport: NATPMPTransport, internalPort: UInt16, externalPort: UInt16, lifetime: UInt32
    ) {
        self.transport = transport
        self.internalPort = internalPort
        self.externalPort = externalPort
        self.lifetime = lifetime
    }

    package var isDeletion: Bool { lifetime == 0 }

    /// Whether it takes away every mapping that the client has of the protocol (section 3.4).
    package var deletesAll: Bool { isDeletion && internalPort == 0 && externalPort == 0 }

    /// What a refusal and the answer to a deletion say.
    var unmapped: NATPMPMap {
        NATPMPMap(transport, internalPort: internalPort, externalPort: 0, lifetime: 0)
    }

    init?(_ transport: NATPMPTransport, next rest: inout Stretch, in bytes: Span<UInt8>) {
        guard let internalPort = rest.next(UInt16.self, in: bytes),
            let externalPort = rest.next(UInt16.self, in: bytes),
            let lifetime = rest.next(UInt32.self, in: bytes)
        else { return nil }
        self.init(
            transport, internalPort: internalPort, externalPort: externalPort, lifetime: lifetime)
    }

    func write(to bytes: inout [UInt8]) {
        bytes.append(number: internalPort)
        bytes.append(number: externalPort)
        bytes.append(number: lifetime)
    }
}

extension NATPMPTransport {
    package var transport: TransportProtocol {
        switch self {
        case .udp: .udp
        case .tcp: .tcp
        }
    }
}

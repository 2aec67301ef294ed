import Addressing

extension PCPOperation {
    /// Nil when bytes are missing.
    init?(_ opcode: PCPOpcode, next rest: inout Stretch, in bytes: Span<UInt8>) {
        switch opcode {
        case .announce: self = .announce
        case .map:
            guard let map = PCPMap(next: &rest, in: bytes) else { return nil }
            self = .map(map)
        case .peer:
            guard let map = PCPMap(next: &rest, in: bytes),
                let port = rest.next(UInt16.self, in: bytes), rest.take(2) != nil,
                let address = rest.nextMapped(in: bytes)
            else { return nil }
            self = .peer(PCPPeer(map, remote: Endpoint(address, port)))
        }
    }

    func write(to bytes: inout [UInt8]) {
        mapping?.write(to: &bytes)
        guard case .peer(let peer) = self else { return }
        bytes.append(number: peer.remote.port)
        bytes.append(zeros: 2)
        bytes.append(mapped: peer.remote.address)
    }
}

extension PCPMap {
    fileprivate init?(next rest: inout Stretch, in bytes: Span<UInt8>) {
        guard let nonce = MappingNonce(next: &rest, in: bytes),
            let number = rest.next(UInt8.self, in: bytes), rest.take(3) != nil,
            let internalPort = rest.next(UInt16.self, in: bytes),
            let externalPort = rest.next(UInt16.self, in: bytes),
            let address = rest.nextMapped(in: bytes)
        else { return nil }
        self.init(
            nonce: nonce, protocolNumber: number, internalPort: internalPort,
            external: Endpoint(address, externalPort))
    }

    fileprivate func write(to bytes: inout [UInt8]) {
        bytes.append(number: nonce.high)
        bytes.append(number: nonce.low)
        bytes.append(protocolNumber)
        bytes.append(zeros: 3)
        bytes.append(number: internalPort)
        bytes.append(number: external.port)
        bytes.append(mapped: external.address)
    }
}

extension ClientHello {
    private static let randomLength = 32
    private static let longestSession = 32

    /// Reads a whole message, without its type and length (RFC 8446 section 4.1.2).
    ///
    /// Everything is checked before the name is believed: a target that reads it otherwise than
    /// the gateway would be reached under a wrong name.
    init(message bytes: Span<UInt8>) throws(ClientHelloError) {
        var rest = Stretch(0..<bytes.count)
        guard let major = rest.next(UInt8.self, in: bytes), rest.take(1 + Self.randomLength) != nil
        else { throw .structure }
        guard major == 3 else { throw .version }
        guard let session = rest.vector(UInt8.self, in: bytes),
            session.count <= Self.longestSession,
            let suites = rest.vector(UInt16.self, in: bytes), suites.count >= 2,
            suites.count % 2 == 0,
            let compressions = rest.vector(UInt8.self, in: bytes), !compressions.isEmpty
        else { throw .structure }
        self.init(serverName: nil)
        // Before TLS 1.3 they may be left out altogether.
        guard !rest.isEmpty else { return }
        guard let extensions = rest.vector(UInt16.self, in: bytes), rest.isEmpty else {
            throw .structure
        }
        try read(extensions, in: bytes)
    }

    private mutating func read(
        _ extensions: Stretch, in bytes: Span<UInt8>
    ) throws(ClientHelloError) {
        var (rest, seen): (Stretch, Set<UInt16>) = (extensions, [])
        while !rest.isEmpty {
            guard let kind = rest.next(UInt16.self, in: bytes),
                let data = rest.vector(UInt16.self, in: bytes)
            else { throw .structure }
            guard seen.insert(kind).inserted else { throw .duplicateExtension }
            switch kind {
            case 0x0000: serverName = try Self.serverName(data, in: bytes)
            case 0x0010: try Self.checkProtocols(data, in: bytes)
            case 0x0029: guard rest.isEmpty else { throw .keyNotLast }
            case 0xfe0d: hasEncryptedHello = true
            default: break
            }
        }
    }

    /// One entry of type host_name: no other has ever been defined.
    private static func serverName(
        _ data: Stretch, in bytes: Span<UInt8>
    ) throws(ClientHelloError) -> ServerName? {
        var data = data
        guard var list = data.vector(UInt16.self, in: bytes), data.isEmpty else { throw .structure }
        guard list.next(UInt8.self, in: bytes) == 0 else { throw .serverName }
        guard let name = list.vector(UInt16.self, in: bytes) else { throw .structure }
        guard list.isEmpty else { throw .serverName }
        let octets = name.octets(in: bytes)
        if let name = ServerName(octets: octets) { return name }
        guard ServerName.isAddress(octets) else { throw .serverName }
        return nil
    }

    /// Names of at least one byte each (RFC 7301 section 3.1).
    private static func checkProtocols(
        _ data: Stretch, in bytes: Span<UInt8>
    ) throws(ClientHelloError) {
        var data = data
        guard var list = data.vector(UInt16.self, in: bytes), data.isEmpty, !list.isEmpty else {
            throw .structure
        }
        while !list.isEmpty {
            guard let name = list.vector(UInt8.self, in: bytes), !name.isEmpty else {
                throw .structure
            }
        }
    }
}

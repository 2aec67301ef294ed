extension ProxyHeader {
    /// The longest header that is accepted, in bytes: what a buffer for it has to hold.
    package static let longest = BinaryProxyHeader.headLength + BinaryProxyHeader.longestRest

    /// Reads what came so far of a connection, or a whole datagram.
    ///
    /// It keeps nothing: call it again with all bytes when more have come.
    package static func read(
        _ bytes: Span<UInt8>, accepting versions: ProxyVersions
    ) -> ProxyHeaderReading {
        do throws(ProxyHeaderError) {
            guard let found = try find(in: bytes, versions) else { return .needMore }
            return .complete(found.header, length: found.length)
        } catch {
            return .invalid(error)
        }
    }

    /// A header and the number of its bytes.
    typealias Found = (header: ProxyHeader, length: Int)

    /// Nil as long as bytes are missing.
    private static func find(
        in bytes: Span<UInt8>, _ versions: ProxyVersions
    ) throws(ProxyHeaderError) -> Found? {
        if versions != .v1, begins(bytes, like: BinaryProxyHeader.signature) {
            return try BinaryProxyHeader.read(bytes)
        }
        if versions != .v2, begins(bytes, like: ProxyLine.signature) {
            return try ProxyLine.read(bytes)
        }
        throw .noHeader
    }

    /// Whether they agree as far as both go.
    static func begins(_ bytes: Span<UInt8>, like signature: [UInt8]) -> Bool {
        (0..<min(bytes.count, signature.count)).allSatisfy { bytes[$0] == signature[$0] }
    }
}

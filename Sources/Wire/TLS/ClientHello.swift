/// The first message of TLS, as far as it says where the client wants to go.
///
/// It is attacker controlled: by it a target is chosen, never a permission given.
package struct ClientHello: Hashable, Sendable {
    /// The server_name extension (RFC 6066 section 3); nil without one, or for an IP address.
    ///
    /// With an encrypted hello, it is the name that everybody may see.
    package var serverName: ServerName?
    /// Whether the extension of an encrypted hello (0xfe0d) is there; clients also send it without
    /// meaning, and nobody outside can tell.
    package var hasEncryptedHello: Bool

    package init(serverName: ServerName?, hasEncryptedHello: Bool = false) {
        self.serverName = serverName
        self.hasEncryptedHello = hasEncryptedHello
    }
}

/// What the first bytes of a connection amount to.
package enum ClientHelloReading: Hashable, Sendable {
    /// So far they can be the beginning of a hello.
    case needMore
    /// Another protocol, one where the client speaks first.
    case notTLS
    case hello(ClientHello)
    case invalid(ClientHelloError)
}

/// Why a hello is none that can be passed on.
package enum ClientHelloError: Error, Hashable, Sendable, CaseIterable {
    /// The hello of SSL 2.0 (RFC 6176 forbids it).
    case ssl2
    /// Not TLS 1.x, in a record or in the message.
    case version
    /// A record that is empty, longer than 16384 bytes, of another kind, or one too many.
    case record
    /// The handshake does not begin with a hello.
    case message
    /// More bytes than the limit.
    case tooLong
    /// A length that does not end where what it is part of ends.
    case structure
    case duplicateExtension
    /// pre_shared_key is not the last extension (RFC 8446 section 4.2.11).
    case keyNotLast
    /// More or less than one host name, or bytes that no name has.
    case serverName
}

extension ClientHello {
    /// Bytes of the message without its own four bytes of type and length; with keys against
    /// quantum computers it has about 2000.
    package static let longestMessage = 16_384

    /// What a buffer for the whole hello has to hold, in bytes.
    package static let longest =
        HelloRecords.messageHead + longestMessage + HelloRecords.most * HelloRecords.head

    /// Reads what came so far of a connection.
    ///
    /// It keeps nothing and takes nothing away: call it again with all bytes when more have come,
    /// and hand them on as they are.
    package static func read(
        _ bytes: Span<UInt8>, longestMessage: Int = longestMessage
    ) -> ClientHelloReading {
        do throws(ClientHelloError) {
            guard bytes.count > 0 else { return .needMore }
            guard bytes[0] == HelloRecords.handshake else { return try otherProtocol(bytes) }
            guard let message = try HelloRecords.message(in: bytes, longest: longestMessage) else {
                return .needMore
            }
            return .hello(try ClientHello(message: message.span))
        } catch {
            return .invalid(error)
        }
    }

    /// Tells SSL 2.0 from everything else: a length with the top bit set, type 1, version 2.0 or
    /// 3.x (RFC 5246 appendix E.2).
    private static func otherProtocol(
        _ bytes: Span<UInt8>
    ) throws(ClientHelloError) -> ClientHelloReading {
        guard bytes[0] & 0x80 != 0 else { return .notTLS }
        guard bytes.count > 2 else { return .needMore }
        guard bytes[2] == 1 else { return .notTLS }
        guard bytes.count > 4 else { return .needMore }
        guard bytes[3] == 3 || bytes[3] == 0 && bytes[4] == 2 else { return .notTLS }
        throw .ssl2
    }
}

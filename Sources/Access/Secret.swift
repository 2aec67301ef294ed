internal import Crypto

/// What a caller shows to be let in: 256 random bits, which only the caller keeps.
package struct Secret: Sendable {
    private let bytes: [UInt8]

    package static let count = 32

    /// - Parameter bytes: from a source that nobody can foretell; nil for anything but 32 of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// Reads the 43 letters of `text`.
    package init?(text: some StringProtocol) {
        guard let bytes = Base64URL.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// As it is shown, once: base64url without padding (RFC 4648 section 5).
    package var text: String { Base64URL.text(bytes) }

    package var digest: SecretDigest { SecretDigest(of: bytes) }

    /// What a page has to say besides showing its cookie, since other pages can have the cookie sent.
    ///
    /// It follows from the secret, so that it need not be kept, and tells nothing of it.
    package var csrf: String {
        let key = SymmetricKey(data: bytes)
        let label = Array("portcullis csrf".utf8)
        return Base64URL.text(Array(HMAC<SHA256>.authenticationCode(for: label, using: key)))
    }

    package func hasCSRF(_ text: String) -> Bool { areEqual(Array(text.utf8), Array(csrf.utf8)) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Logs show no secrets.
    package var description: String { "a secret" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

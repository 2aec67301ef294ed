package import Forwarding

/// Lets a program in, for what its scope allows, until its end.
package struct AccessToken: Hashable, Sendable {
    /// Its own for good: a later token never has it.
    package var number: Int
    package var name: String
    package var scope: Scope
    package var digest: SecretDigest
    package var created: Timestamp
    package var expires: Timestamp
    package var lastUsed: Timestamp?

    package init(
        number: Int, name: String, scope: Scope, digest: SecretDigest, created: Timestamp,
        expires: Timestamp, lastUsed: Timestamp? = nil
    ) {
        self.number = number
        self.name = name
        self.scope = scope
        self.digest = digest
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
    }

    /// What stands before the secret, so that scanners find one that was published by mistake.
    package static let mark = "portcullis_"

    /// What the caller shows: the mark and the secret.
    package static func text(_ secret: Secret) -> String { mark + secret.text }

    package static func secret(in text: some StringProtocol) -> Secret? {
        guard text.hasPrefix(mark) else { return nil }
        return Secret(text: text.dropFirst(mark.count))
    }

    /// Letters that a log line and a table can show: up to 32 of `a-z A-Z 0-9 . _ -`.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...32).contains(bytes.count) else { return false }
        return bytes.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [45, 46, 95].contains(byte)
        }
    }
}

package import Forwarding

/// A page that somebody has signed in to.
package struct Session: Hashable, Sendable {
    package var digest: SecretDigest
    /// Who: whoever had the link made, or `password`.
    package var name: String
    package var created: Timestamp
    package var lastSeen: Timestamp

    package init(
        digest: SecretDigest, name: String, created: Timestamp, lastSeen: Timestamp? = nil
    ) {
        self.digest = digest
        self.name = name
        self.created = created
        self.lastSeen = lastSeen ?? created
    }

    /// How long it lasts unused, and at all; in seconds.
    package static let idle: Int64 = 12 * 3600
    package static let longest: Int64 = 7 * 86_400

    package var expires: Timestamp {
        min(lastSeen + Self.idle, created + Self.longest)
    }

    package func isLive(at now: Timestamp) -> Bool { now < expires }
}

package import Forwarding

/// Links that sign in once, within five minutes; none outlives the daemon.
package struct SignInLinks: Sendable {
    private struct Link {
        var digest: SecretDigest
        var maker: String
        var expires: Timestamp
    }

    private var links: [Link] = []

    /// In seconds.
    package static let lifetime: Int64 = 300

    /// Who makes more drops the oldest.
    private static let most = 16

    package init() {}

    /// - Returns: when it ends.
    package mutating func add(
        _ secret: Secret, by maker: String, at now: Timestamp
    ) -> Timestamp {
        links.removeAll { $0.expires <= now }
        if links.count >= Self.most { links.removeFirst() }
        let expires = now + Self.lifetime
        links.append(Link(digest: secret.digest, maker: maker, expires: expires))
        return expires
    }

    /// Uses it up.
    ///
    /// - Returns: who made it; nil for one that is not there, has been used, or has ended.
    package mutating func redeem(_ secret: Secret, at now: Timestamp) -> String? {
        links.removeAll { $0.expires <= now }
        let digest = secret.digest
        guard let place = links.firstIndex(where: { $0.digest == digest }) else { return nil }
        return links.remove(at: place).maker
    }
}

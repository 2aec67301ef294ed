package import Forwarding

/// Who may use the API besides the users of the socket: all of it that outlives the daemon.
package struct AccessState: Hashable, Sendable {
    package private(set) var tokens: [AccessToken]
    package private(set) var sessions: [Session]
    package var password: PasswordHash?
    package var totp: TOTP?
    /// The number of the next token.
    package private(set) var nextNumber: Int

    package init(
        tokens: [AccessToken] = [], sessions: [Session] = [], password: PasswordHash? = nil,
        totp: TOTP? = nil, nextNumber: Int = 1
    ) {
        self.tokens = tokens
        self.sessions = sessions
        self.password = password
        self.totp = totp
        self.nextNumber = nextNumber
    }

    /// Why a token cannot be made.
    package enum TokenProblem: Error, Hashable, Sendable {
        case name, nameTaken, lifetime, tooMany
    }

    package static let mostTokens = 100
    private static let mostSessions = 100
    /// Ten years, in seconds.
    package static let longestToken: Int64 = 3660 * 86_400

    /// How old a last use may get before it is written anew, in seconds.
    private static let grain: Int64 = 60

    package mutating func addToken(
        _ name: String, _ scope: Scope, lasting seconds: Int64, secret: Secret, at now: Timestamp
    ) throws(TokenProblem) -> AccessToken {
        guard AccessToken.isName(name) else { throw .name }
        guard (1...Self.longestToken).contains(seconds) else { throw .lifetime }
        guard !tokens.contains(where: { $0.name == name }) else { throw .nameTaken }
        guard tokens.count < Self.mostTokens else { throw .tooMany }
        let token = AccessToken(
            number: nextNumber, name: name, scope: scope, digest: secret.digest, created: now,
            expires: now + seconds)
        tokens.append(token)
        nextNumber += 1
        return token
    }

    package mutating func removeToken(_ number: Int) -> AccessToken? {
        guard let place = tokens.firstIndex(where: { $0.number == number }) else { return nil }
        return tokens.remove(at: place)
    }

    /// The token that a caller shows, unless it has ended.
    ///
    /// - Returns: whether its last use is worth writing down, too.
    package mutating func useToken(
        _ secret: Secret, at now: Timestamp
    ) -> (token: AccessToken, isNews: Bool)? {
        let digest = secret.digest
        guard let place = tokens.firstIndex(where: { $0.digest == digest }),
            now < tokens[place].expires
        else { return nil }
        let isNews = tokens[place].lastUsed.map { $0 + Self.grain <= now } ?? true
        if isNews { tokens[place].lastUsed = now }
        return (tokens[place], isNews)
    }

    package mutating func open(_ secret: Secret, _ name: String, at now: Timestamp) -> Session {
        sessions.removeAll { !$0.isLive(at: now) }
        if sessions.count >= Self.mostSessions { sessions.removeFirst() }
        let session = Session(digest: secret.digest, name: name, created: now)
        sessions.append(session)
        return session
    }

    /// The session whose cookie a caller shows, unless it has ended.
    package mutating func useSession(
        _ secret: Secret, at now: Timestamp
    ) -> (session: Session, isNews: Bool)? {
        let digest = secret.digest
        guard let place = sessions.firstIndex(where: { $0.digest == digest }),
            sessions[place].isLive(at: now)
        else { return nil }
        let isNews = sessions[place].lastSeen + Self.grain <= now
        if isNews { sessions[place].lastSeen = now }
        return (sessions[place], isNews)
    }

    package mutating func close(_ secret: Secret) {
        let digest = secret.digest
        sessions.removeAll { $0.digest == digest }
    }

    /// Ends what was signed in by a password that holds no more, or all but one session.
    package mutating func closeSessions(except kept: SecretDigest?) {
        sessions.removeAll { $0.digest != kept }
    }
}

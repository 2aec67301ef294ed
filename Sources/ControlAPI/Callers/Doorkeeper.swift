import Access
import ControlModel
import Forwarding
package import Gateway
import LinuxKit
import Storage

/// The one who knows who may use the API: tokens, sessions, links, the password.
///
/// What is asked is decided by `Access`, which has no clock and no die: both are here. Every change is
/// kept by the gateway before it is answered.
package actor Doorkeeper {
    private let gateway: Gateway
    private var state: AccessState
    private var edition: Int
    private var links = SignInLinks()
    private var gate = AttemptGate()
    private let passwords = PasswordQueue()

    package init(_ gateway: Gateway) async {
        self.gateway = gateway
        state = await gateway.access
        edition = await gateway.accessEdition
    }

    /// From the kernel, by the system's generator.
    private static func secret() throws -> Secret {
        guard let secret = Secret(bytes: random(Secret.count)) else {
            throw Views.Problem(status: 500, title: "Failed", detail: "no randomness")
        }
        return secret
    }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Makes a change, and takes it back where it cannot be kept.
    private func change<Result>(
        _ words: String?, by requester: Requester, _ body: (inout AccessState) throws -> Result
    ) async throws -> Result {
        let before = state
        let result = try body(&state)
        edition += 1
        let mine = edition
        do {
            try await gateway.keep(state, edition: mine, noting: words, by: requester)
        } catch {
            if edition == mine { state = before }
            throw error
        }
        return result
    }
}

/// Who somebody is.
extension Doorkeeper {
    func caller(bearing text: some StringProtocol) async -> Caller {
        let now = gateway.now
        guard let secret = AccessToken.secret(in: text),
            let (token, isNews) = state.useToken(secret, at: now)
        else { return .nobody }
        if isNews { await keepUse() }
        return .token(token)
    }

    func caller(withCookie text: String) async -> Caller {
        let now = gateway.now
        guard let secret = Secret(text: text),
            let (session, isNews) = state.useSession(secret, at: now)
        else { return .nobody }
        if isNews { await keepUse() }
        return .session(session, secret)
    }

    /// Whether a caller that was let in may go on: for streams, which outlive the question.
    func stillKnows(_ caller: Caller) -> Bool {
        switch caller {
        case .socket: true
        case .token(let token):
            state.tokens.contains { $0.number == token.number && gateway.now < $0.expires }
        case .session(let session, _):
            state.sessions.contains { $0.digest == session.digest && $0.isLive(at: gateway.now) }
        case .nobody: false
        }
    }

    /// When something was used last is worth no failure.
    private func keepUse() async {
        _ = try? await change(nil, by: .clock) { _ in }
    }

    var facts: (passwordSet: Bool, totp: Bool) {
        (state.password != nil, state.totp?.isOn ?? false)
    }
}

/// Signing in and out.
extension Doorkeeper {
    /// - Parameter requester: who wants it; the session has the name.
    /// - Returns: the secret of the link, and when it ends.
    func makeLink(by requester: Requester, named name: String) async throws -> (String, Timestamp) {
        let secret = try Self.secret()
        let expires = links.add(secret, by: name, at: gateway.now)
        await gateway.noteAccess("a sign-in link was made", by: requester)
        return (secret.text, expires)
    }

    func signIn(link text: String, from source: String?) async throws -> (Session, Secret) {
        let now = gateway.now
        guard let secret = Secret(text: text), let name = links.redeem(secret, at: now) else {
            throw Views.Problem.wrongLink
        }
        return try await open(name, by: "link", from: source, at: now)
    }

    /// Without a password that is set, every one is wrong.
    func signIn(
        password: String, code: String?, from source: String?
    ) async throws -> (Session, Secret) {
        let now = gateway.now
        let group = CallerSource.group(source)
        if let wait = gate.begin(from: group, at: now) {
            throw Views.Problem.tooManyAttempts(wait: wait)
        }
        let requester = Caller.nobody.requester(from: source)
        guard let hash = state.password, PasswordHash.isLongEnough(password),
            try await passwords.run({ hash.matches(password) }), state.password == hash,
            takesCode(code, at: now)
        else {
            await gateway.noteAccess("signing in by password failed", by: requester)
            throw Views.Problem.wrongCredentials
        }
        gate.succeed(from: group)
        return try await open("password", by: "password", from: source, at: now)
    }

    private func takesCode(_ code: String?, at now: Timestamp) -> Bool {
        guard var totp = state.totp, totp.isOn else { return true }
        guard let code, totp.accept(code, at: now) else { return false }
        // Kept with the session, in the same step.
        state.totp = totp
        return true
    }

    private func open(
        _ name: String, by way: String, from source: String?, at now: Timestamp
    ) async throws -> (Session, Secret) {
        let secret = try Self.secret()
        let session = Session(digest: secret.digest, name: name, created: now)
        let requester = Caller.session(session, secret).requester(from: source)
        return try await change("signed in by \(way)", by: requester) { state in
            (state.open(secret, name, at: now), secret)
        }
    }

    func signOut(_ secret: Secret, by requester: Requester) async throws {
        try await change("signed out", by: requester) { $0.close(secret) }
    }
}

/// Who else may.
extension Doorkeeper {
    var tokens: [AccessToken] { state.tokens }

    func makeToken(
        _ name: String, _ scope: Scope, lasting seconds: Int64, by requester: Requester
    ) async throws -> (AccessToken, String) {
        let (secret, now) = (try Self.secret(), gateway.now)
        let words = "token \(name) was made, scope \(scope.rawValue)"
        return try await change(words, by: requester) { state in
            let token = try state.addToken(name, scope, lasting: seconds, secret: secret, at: now)
            return (token, AccessToken.text(secret))
        }
    }

    /// - Returns: false when there is none of the number.
    func revokeToken(_ number: Int, by requester: Requester) async throws -> Bool {
        guard let token = state.tokens.first(where: { $0.number == number }) else { return false }
        return try await change("token \(token.name) was revoked", by: requester) { state in
            state.removeToken(number) != nil
        }
    }

    /// Whoever signed in before has to do it again, but for the one who sets it.
    func setPassword(
        _ password: String?, by requester: Requester, keeping session: SecretDigest?
    ) async throws {
        guard let password else {
            return try await change("the password was removed", by: requester) { state in
                state.password = nil
                state.closeSessions(except: session)
            }
        }
        guard PasswordHash.isLongEnough(password) else { throw Views.Problem.passwordTooShort }
        let salt = Self.random(PasswordHash.saltCount)
        guard let hash = try await passwords.run({ PasswordHash(password, salt: salt) }) else {
            throw Views.Problem(status: 503, title: "Failed", detail: "there is no memory left")
        }
        try await change("the password was set", by: requester) { state in
            state.password = hash
            state.closeSessions(except: session)
        }
    }

    /// Makes a secret that is not asked for yet.
    func makeTOTP(by requester: Requester) async throws -> TOTP {
        guard !(state.totp?.isOn ?? false) else { throw Views.Problem.isOn }
        let totp = TOTP(secret: Self.random(TOTP.secretCount))
        return try await change(nil, by: requester) { state in
            state.totp = totp
            return totp
        }
    }

    func switchTOTPOn(_ code: String, by requester: Requester) async throws {
        guard var totp = state.totp else { throw Views.Problem.noTOTP }
        guard !totp.isOn else { throw Views.Problem.isOn }
        guard totp.accept(code, at: gateway.now) else { throw Views.Problem.wrongCode }
        totp.isOn = true
        try await change("codes were switched on", by: requester) { $0.totp = totp }
    }

    func removeTOTP(by requester: Requester) async throws {
        guard state.totp != nil else { return }
        try await change("codes were switched off", by: requester) { $0.totp = nil }
    }
}

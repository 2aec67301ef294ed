import Access
import ControlModel
import Forwarding
import Hummingbird

/// Tokens of programs, the password of the page, and its codes.
struct TokenRoutes {
    let doorkeeper: Doorkeeper
    let gatewayName: String

    func add(to group: RouterGroup<ControlContext>) {
        group.get("tokens", use: list)
        group.post("tokens", use: make)
        group.delete("tokens/:id", use: revoke)
        group.put("password", use: setPassword)
        group.delete("password", use: removePassword)
        group.post("totp", use: makeTOTP)
        group.put("totp", use: switchTOTPOn)
        group.delete("totp", use: removeTOTP)
    }

    @Sendable private func list(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Tokens(tokens: await doorkeeper.tokens.map { Views.Token($0) }).response()
    }

    @Sendable private func make(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let body = try await request.body(Views.TokenBody.self, context)
        let seconds = try ForwardSpelling.duration(body.duration)
        guard let scope = Scope(rawValue: body.scope) else {
            throw Views.Problem.tokenRefused(
                "scope", body.scope, "choice", "is no scope", "use read, operate or admin")
        }
        do {
            let (token, text) = try await doorkeeper.makeToken(
                body.name, scope, lasting: seconds, by: context.requester)
            return try Views.Token(token, text: text).response(.created)
        } catch let problem as AccessState.TokenProblem {
            throw problem.problem(body)
        }
    }

    @Sendable private func revoke(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let text = context.parameters.get("id") ?? ""
        guard let number = Int(text),
            try await doorkeeper.revokeToken(number, by: context.requester)
        else { throw Views.Problem.unknownToken(text) }
        return Response(status: .noContent)
    }

    @Sendable private func setPassword(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let body = try await request.body(Views.PasswordBody.self, context)
        try await doorkeeper.setPassword(
            body.password, by: context.requester, keeping: context.caller.sessionDigest)
        return Response(status: .noContent)
    }

    @Sendable private func removePassword(
        _ request: Request, _ context: ControlContext
    ) async throws -> Response {
        try await doorkeeper.setPassword(
            nil, by: context.requester, keeping: context.caller.sessionDigest)
        return Response(status: .noContent)
    }

    @Sendable private func makeTOTP(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let totp = try await doorkeeper.makeTOTP(by: context.requester)
        return try Views.TOTPSecret(
            secret: Base32.text(totp.secret), uri: totp.address(of: gatewayName)
        ).response()
    }

    @Sendable private func switchTOTPOn(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let body = try await request.body(Views.CodeBody.self, context)
        try await doorkeeper.switchTOTPOn(body.code, by: context.requester)
        return Response(status: .noContent)
    }

    @Sendable private func removeTOTP(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try await doorkeeper.removeTOTP(by: context.requester)
        return Response(status: .noContent)
    }
}

extension Caller {
    fileprivate var sessionDigest: SecretDigest? {
        guard case .session(let session, _) = self else { return nil }
        return session.digest
    }
}

extension AccessState.TokenProblem {
    fileprivate func problem(_ body: Views.TokenBody) -> Views.Problem {
        switch self {
        case .name:
            .tokenRefused(
                "name", body.name, "name", "is no name of a token",
                "use up to 32 letters, digits, \".\", \"_\" and \"-\"")
        case .nameTaken:
            .tokenRefused(
                "name", body.name, "duplicate", "is another token's",
                "revoke that one, or use another name")
        case .lifetime:
            .tokenRefused("for", body.duration, "duration", "is too long", "ten years at most")
        case .tooMany:
            .tokenRefused(
                "name", body.name, "too-many", "would be one token too many",
                "revoke one that is not used: there are \(AccessState.mostTokens)")
        }
    }
}

extension Views.Token {
    fileprivate init(_ token: AccessToken, text: String? = nil) {
        self.init(
            number: token.number, name: token.name, scope: token.scope.rawValue,
            created: token.created.text, expires: token.expires.text,
            lastUsed: token.lastUsed?.text, token: text)
    }
}

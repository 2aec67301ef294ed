import Access
import ControlModel
import Forwarding
import HTTPTypes
import Hummingbird

/// Signing in and out, and the links that do it.
struct SessionRoutes {
    let doorkeeper: Doorkeeper
    let listeners: ListenerFacts

    func add(to group: RouterGroup<ControlContext>) {
        group.get("session", use: show)
        group.post("session", use: signIn)
        group.delete("session", use: signOut)
        group.post("sign-in-links", use: makeLink)
    }

    @Sendable private func show(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try await view(of: context.caller, from: context.source).response()
    }

    @Sendable private func signIn(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let body = try await request.body(Views.SignInBody.self, context)
        let (session, secret) = try await open(body, context.source)
        var response = try await view(of: .session(session, secret), from: context.source)
            .response()
        response.headers[.setCookie] = Self.cookie(secret.text, seconds: Session.longest)
        return response
    }

    private func open(_ body: Views.SignInBody, _ source: String?) async throws -> (Session, Secret)
    {
        switch (body.link, body.password) {
        case (let link?, nil) where body.code == nil:
            return try await doorkeeper.signIn(link: link, from: source)
        case (nil, let password?):
            return try await doorkeeper.signIn(password: password, code: body.code, from: source)
        default:
            throw Refusal(
                field: .body, value: "",
                problem: .syntax("needs \"link\", or \"password\" with \"code\" where it is on"))
        }
    }

    @Sendable private func signOut(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        if case .session(_, let secret) = context.caller {
            try await doorkeeper.signOut(secret, by: context.requester)
        }
        return Response(
            status: .noContent, headers: [.setCookie: Self.cookie("", seconds: 0)])
    }

    private static func cookie(_ value: String, seconds: Int64) -> String {
        "\(NetworkCallerMiddleware.cookie)=\(value); Max-Age=\(seconds); Path=/; Secure; HttpOnly;"
            + " SameSite=Strict"
    }

    @Sendable private func makeLink(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        guard let place = listeners.address(asCalledBy: request, context) else {
            throw Views.Problem.noListener
        }
        let (code, expires) = try await doorkeeper.makeLink(
            by: context.requester, named: context.caller.name)
        return try Views.SignInLink(url: "https://\(place)/#link=\(code)", expires: expires.text)
            .response()
    }

    private func view(of caller: Caller, from source: String?) async throws -> Views.Session {
        guard let scope = caller.scope else { throw Views.Problem.notSignedIn }
        let facts = await doorkeeper.facts
        return Views.Session(
            caller: caller.name, kind: caller.kind, scope: scope.rawValue, csrf: caller.csrf,
            expires: caller.expires?.text, address: source, passwordSet: facts.passwordSet,
            totp: facts.totp,
            warnings: listeners.areReachableFromWAN ? ["reachable-from-wan"] : [])
    }
}

extension ListenerFacts {
    /// Where the page is for whoever asks: where it was reached, else at the first listener.
    fileprivate func address(
        asCalledBy request: Request, _ context: ControlContext
    ) -> String? {
        context.source == nil ? addresses.first : request.head.authority
    }
}

extension Caller {
    /// Whose name a page that it lets in has.
    fileprivate var name: String {
        switch self {
        case .socket(let user): user
        case .token(let token): token.name
        case .session(let session, _): session.name
        case .nobody: "nobody"
        }
    }

    fileprivate var kind: String {
        switch self {
        case .socket: "socket"
        case .token: "token"
        case .session: "session"
        case .nobody: "nobody"
        }
    }

    fileprivate var csrf: String? {
        guard case .session(_, let secret) = self else { return nil }
        return secret.csrf
    }

    fileprivate var expires: Timestamp? {
        switch self {
        case .token(let token): token.expires
        case .session(let session, _): session.expires
        case .socket, .nobody: nil
        }
    }
}

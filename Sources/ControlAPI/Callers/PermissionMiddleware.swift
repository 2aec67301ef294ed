import Access
import ControlModel
import HTTPTypes
import Hummingbird

/// Lets a request go on that its caller may make.
struct PermissionMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard let route = ControlRoute.of(request.method.rawValue, context.endpointPath) else {
            throw HTTPError(.notFound)
        }
        let isWrite = request.method != .get
        guard let needed = route.scope else {
            if isWrite, request.origin.isForeign { throw Views.Problem.badOrigin }
            try route.refuseUnknownQueries(of: request)
            return try await next(request, context)
        }
        try context.require(needed)
        if isWrite, case .session(_, let secret) = context.caller {
            guard request.origin.isOwn else { throw Views.Problem.badOrigin }
            guard secret.hasCSRF(request.headers[.csrf] ?? "") else {
                throw Views.Problem.badCSRF
            }
        }
        try route.refuseUnknownQueries(of: request)
        return try await next(request, context)
    }
}

extension ControlContext {
    func require(_ needed: Scope) throws {
        guard let scope = caller.scope else { throw Views.Problem.notSignedIn }
        guard scope >= needed else {
            throw Views.Problem.scopeTooSmall(has: scope.rawValue, needs: needed.rawValue)
        }
    }
}

extension Request {
    fileprivate var origin: WebOrigin {
        WebOrigin(
            host: head.authority ?? "", origin: headers[.origin], site: headers[.fetchSite])
    }
}

extension HTTPField.Name {
    static let csrf = constant("X-CSRF-Token")
    static let fetchSite = constant("Sec-Fetch-Site")
    static let contentSecurity = constant("Content-Security-Policy")
    static let contentTypeOptions = constant("X-Content-Type-Options")
    static let referrerPolicy = constant("Referrer-Policy")
    static let frameOptions = constant("X-Frame-Options")
    static let transportSecurity = constant("Strict-Transport-Security")

    /// `host` stands in where the text were no name, which the tests would see at once.
    private static func constant(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .connection
    }
}

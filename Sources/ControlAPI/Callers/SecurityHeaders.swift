import HTTPTypes
import Hummingbird

/// Tells browsers what the page may do, and that answers are for nobody else.
struct SecurityHeaders: RouterMiddleware {
    /// Whether browsers may be told to insist on TLS: not with a certificate that they warn of, since
    /// nobody could get past the warning any more.
    let insistsOnTLS: Bool

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
        + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurity] = Self.policy
        response.headers[.contentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.frameOptions] = "DENY"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if insistsOnTLS { response.headers[.transportSecurity] = "max-age=31536000" }
        return response
    }
}

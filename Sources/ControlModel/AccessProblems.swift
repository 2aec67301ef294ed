/// Why a caller is not let in, or may not do what it asks for.
///
/// What a caller has sent as a secret is never repeated.
extension Views.Problem {
    package static let notSignedIn = Self(
        status: 401, title: "Not signed in", field: "caller", code: "not-signed-in",
        message: "is not signed in",
        advice: "sign in, or send a token; \"portcullis dashboard\" on the gateway makes a link")

    package static let wrongCredentials = Self(
        status: 401, title: "Not signed in", field: "password", code: "wrong-credentials",
        message: "is not right, or the code that goes with it",
        advice: "try again, or use a link: \"portcullis dashboard\" on the gateway makes one")

    package static let wrongLink = Self(
        status: 401, title: "Not signed in", field: "link", code: "wrong-link",
        message: "has been used, or is older than five minutes",
        advice: "make another one: \"portcullis dashboard\" on the gateway")

    package static func scopeTooSmall(has scope: String, needs needed: String) -> Self {
        Self(
            status: 403, title: "Not allowed", field: "scope", code: "scope-too-small",
            value: scope, message: "is not enough: this needs \(needed)",
            advice: "use a token with --scope \(needed)")
    }

    package static let badOrigin = Self(
        status: 403, title: "Not allowed", field: "origin", code: "bad-origin",
        message: "is not the gateway's own page",
        advice: "open the page at the gateway's own address; programs use a token")

    package static let badCSRF = Self(
        status: 403, title: "Not allowed", field: "X-CSRF-Token", code: "bad-csrf",
        message: "is missing, or not that of this session",
        advice: "send what GET /v1/session says, or load the page again")

    package static func badHost(_ host: String) -> Self {
        Self(
            status: 403, title: "Not allowed", field: "host", code: "bad-host", value: host,
            message: "is not what the gateway is known by",
            advice: "use its address, or add the name to hosts under [api] of the configuration")
    }

    package static func tooManyAttempts(wait seconds: Int64) -> Self {
        var problem = Self(
            status: 429, title: "Too many attempts", field: "password", code: "too-many-attempts",
            message: "was wrong too many times",
            advice: "wait \(seconds) s, or use a link: \"portcullis dashboard\" on the gateway")
        problem.retryAfter = seconds
        return problem
    }

    package static let noListener = Self(
        status: 409, title: "No page", field: "listen", code: "no-listener",
        message: "names no address: the page is not switched on",
        advice: "name an address: --api 192.168.7.1:8444, or listen under [api]")

    package static func unknownToken(_ number: String) -> Self {
        Self(
            404, "number", number, "unknown-token", "is no token's",
            "\"portcullis token list\" says which there are")
    }

    package static func tokenRefused(
        _ field: String, _ value: String, _ code: String, _ message: String, _ advice: String
    ) -> Self {
        Self(code == "duplicate" ? 409 : 422, field, value, code, message, advice)
    }

    package static let passwordTooShort = Self(
        status: 422, title: "Refused", field: "password", code: "too-short",
        message: "has less than 12 characters, or more than 1024 bytes",
        advice: "take four or five words that have nothing to do with one another")

    package static let noTOTP = Self(
        status: 409, title: "Refused", field: "code", code: "no-secret",
        message: "cannot be checked: there is no secret yet", advice: "have one made first")

    package static let isOn = Self(
        status: 409, title: "Refused", field: "code", code: "already-on",
        message: "is asked for already", advice: "switch codes off first")

    package static let wrongCode = Self(
        status: 422, title: "Refused", field: "code", code: "wrong-code",
        message: "is not the one of now",
        advice: "see that the clocks of the gateway and of the authenticator agree")

    private init(
        status: Int, title: String, field: String, code: String, value: String = "",
        message: String, advice: String
    ) {
        let shown = value.isEmpty ? "" : " \"\(value)\""
        self.init(status: status, title: title, detail: "\(field)\(shown) \(message); \(advice)")
        errors = [
            Views.FieldError(
                forward: nil, field: field, value: value, code: code, message: message,
                advice: advice)
        ]
    }
}

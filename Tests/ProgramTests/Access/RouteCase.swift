/// A harmless request for each route, and how it is answered where the caller may make it.
struct RouteCase {
    var route: String
    /// The least scope, in a word; `anybody` where nobody has to be known.
    var needs: String
    var path: String
    var body: String?
    var allowed: Int

    var method: String { String(route.prefix { $0 != " " }) }
    var isWrite: Bool { method != "GET" }

    init(_ route: String, _ needs: String, _ allowed: Int, path: String? = nil, body: String? = nil)
    {
        self.route = route
        self.needs = needs
        self.allowed = allowed
        self.path = path ?? String(route.drop { $0 != " " }.dropFirst())
        self.body = body
    }

    /// What signs out comes last.
    static let all =
        anybody + reading + operating + administering + [
            RouteCase("DELETE /v1/session", "read", 204)
        ]

    private static let anybody = [
        RouteCase("GET /", "anybody", 200),
        RouteCase("GET /page/{file}", "anybody", 404, path: "/page/nothing.js"),
        RouteCase("POST /v1/session", "anybody", 422, body: "{}"),
        RouteCase("GET /v1/openapi.json", "anybody", 200),
        RouteCase("GET /health/live", "anybody", 200),
        RouteCase("GET /health/ready", "anybody", 200),
    ]

    private static let reading = [
        RouteCase("GET /v1/session", "read", 200),
        RouteCase("GET /v1/forwards", "read", 200),
        RouteCase("GET /v1/forwards/{name}", "read", 404, path: "/v1/forwards/nope"),
        RouteCase("GET /v1/flows", "read", 200),
        RouteCase("GET /v1/flows/ended", "read", 200),
        RouteCase("GET /v1/requests", "read", 200),
        RouteCase("GET /v1/consents", "read", 200),
        RouteCase("GET /v1/activity", "read", 200, path: "/v1/activity?limit=1"),
        RouteCase("GET /v1/revisions", "read", 200),
        RouteCase("GET /v1/difference", "read", 422),
        RouteCase("GET /v1/status", "read", 200),
        RouteCase("GET /v1/doctor", "read", 200),
        RouteCase("GET /v1/wan", "read", 422, path: "/v1/wan?stun=%00"),
        RouteCase("GET /v1/trace", "read", 422),
        RouteCase("GET /v1/events", "read", 422, path: "/v1/events?topics=none"),
        RouteCase("GET /v1/traffic", "read", 200),
        RouteCase("GET /v1/devices", "read", 200),
        RouteCase("GET /v1/services", "read", 200),
        RouteCase("GET /v1/settings", "read", 200),
        RouteCase("GET /metrics", "read", 200),
    ]

    private static let operating = [
        RouteCase("POST /v1/forwards", "operate", 422, body: #"{"forwards":[{}]}"#),
        RouteCase(
            "PATCH /v1/forwards/{name}", "operate", 404, path: "/v1/forwards/nope", body: "{}"),
        RouteCase("DELETE /v1/forwards/{name}", "operate", 404, path: "/v1/forwards/nope"),
        RouteCase("DELETE /v1/flows/{id}", "operate", 404, path: "/v1/flows/k-1-2"),
        RouteCase("POST /v1/apply", "operate", 200, body: #"{"forwards":[]}"#),
        RouteCase("POST /v1/rollback", "operate", 404, path: "/v1/rollback?to=99"),
        RouteCase("POST /v1/confirm", "operate", 409),
        RouteCase("POST /v1/requests/{id}/allow", "operate", 404, path: "/v1/requests/9/allow"),
        RouteCase("POST /v1/requests/{id}/deny", "operate", 404, path: "/v1/requests/9/deny"),
        RouteCase("DELETE /v1/consents/{id}", "operate", 404, path: "/v1/consents/9"),
        RouteCase("POST /v1/doctor/fix", "operate", 200, body: #"{"findings":[]}"#),
    ]

    private static let administering = [
        RouteCase("POST /v1/sign-in-links", "admin", 200),
        RouteCase("GET /v1/tokens", "admin", 200),
        RouteCase(
            "POST /v1/tokens", "admin", 422, body: #"{"name":"x","scope":"all","for":"1d"}"#),
        RouteCase("DELETE /v1/tokens/{id}", "admin", 404, path: "/v1/tokens/99"),
        RouteCase("PUT /v1/password", "admin", 422, body: #"{"password":"short"}"#),
        RouteCase("DELETE /v1/password", "admin", 204),
        RouteCase("POST /v1/totp", "admin", 200),
        RouteCase("PUT /v1/totp", "admin", 422, body: #"{"code":"none"}"#),
        RouteCase("DELETE /v1/totp", "admin", 204),
    ]

    private static let ranks = ["anybody": 0, "read": 1, "operate": 2, "admin": 3]

    /// How a caller of a scope is answered, and the problem where it is not let.
    func answer(to scope: String?) -> (status: Int, code: String?) {
        let (has, needed) = (Self.ranks[scope ?? "anybody"] ?? 0, Self.ranks[needs] ?? 9)
        if has >= needed { return (allowed, nil) }
        return scope == nil ? (401, "not-signed-in") : (403, "scope-too-small")
    }
}

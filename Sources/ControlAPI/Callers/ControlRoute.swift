package import Access
import Hummingbird

/// What a route of the API asks of its callers.
///
/// The one list of them. A route that is not in it does not exist, whatever the router knows: to add one,
/// say here who may.
package struct ControlRoute: Sendable {
    package let method: String
    /// As the router writes it: `/v1/forwards/{name}`.
    package let path: String
    /// The least scope; nil where anybody may, signed in or not.
    package let scope: Scope?

    init(_ method: String, _ path: String, _ scope: Scope?) {
        (self.method, self.path, self.scope) = (method, path, scope)
    }

    package static let all: [ControlRoute] = anybody + reading + operating + administering

    private static let anybody = [
        ControlRoute("GET", "/", nil),
        ControlRoute("GET", "/page/{file}", nil),
        ControlRoute("POST", "/v1/session", nil),
        ControlRoute("GET", "/health/live", nil),
        ControlRoute("GET", "/health/ready", nil),
        ControlRoute("GET", "/v1/openapi.json", nil),
    ]

    private static let reading =
        [
            "session", "forwards", "forwards/{name}", "flows", "flows/ended", "requests",
            "consents",
            "activity", "revisions", "difference", "status", "doctor", "wan", "trace", "events",
            "traffic", "devices", "services", "settings",
        ].map { ControlRoute("GET", "/v1/\($0)", .read) }
        + [ControlRoute("DELETE", "/v1/session", .read), ControlRoute("GET", "/metrics", .read)]

    private static let operating = [
        ControlRoute("POST", "/v1/forwards", .operate),
        ControlRoute("PATCH", "/v1/forwards/{name}", .operate),
        ControlRoute("DELETE", "/v1/forwards/{name}", .operate),
        ControlRoute("DELETE", "/v1/flows/{id}", .operate),
        ControlRoute("POST", "/v1/apply", .operate),
        ControlRoute("POST", "/v1/rollback", .operate),
        ControlRoute("POST", "/v1/confirm", .operate),
        ControlRoute("POST", "/v1/requests/{id}/allow", .operate),
        ControlRoute("POST", "/v1/requests/{id}/deny", .operate),
        ControlRoute("DELETE", "/v1/consents/{id}", .operate),
        ControlRoute("POST", "/v1/doctor/fix", .operate),
    ]

    private static let administering = [
        ControlRoute("POST", "/v1/sign-in-links", .admin),
        ControlRoute("GET", "/v1/tokens", .admin),
        ControlRoute("POST", "/v1/tokens", .admin),
        ControlRoute("DELETE", "/v1/tokens/{id}", .admin),
        ControlRoute("PUT", "/v1/password", .admin),
        ControlRoute("DELETE", "/v1/password", .admin),
        ControlRoute("POST", "/v1/totp", .admin),
        ControlRoute("PUT", "/v1/totp", .admin),
        ControlRoute("DELETE", "/v1/totp", .admin),
    ]

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    private var name: String { "\(method) \(path)" }

    static func of(_ method: String, _ path: String?) -> ControlRoute? {
        path.flatMap { byName["\(method) \($0)"] }
    }
}

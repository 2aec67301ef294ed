import ControlModel
import Forwarding
import Hummingbird

/// What may follow the `?`.
///
/// A key that nobody reads is refused, as in a body: `?dryrun=true` must not make the change that it
/// was to ask about.
extension ControlRoute {
    package var queries: [String] { Self.known["\(method) \(path)"] ?? [] }

    private static let writing = ["dry_run", "revision", "confirm"]

    private static let known: [String: [String]] = [
        "GET /v1/forwards": ["limit", "after"],
        "POST /v1/forwards": writing,
        "PATCH /v1/forwards/{name}": writing,
        "DELETE /v1/forwards/{name}": writing,
        "POST /v1/apply": writing + ["prune"],
        "POST /v1/rollback": ["dry_run", "revision", "to"],
        "GET /v1/revisions": ["limit"],
        "GET /v1/difference": ["from", "to"],
        "GET /v1/flows": ["forward", "limit", "after"],
        "GET /v1/flows/ended": ["forward", "limit"],
        "POST /v1/requests/{id}/allow": ["always"],
        "POST /v1/requests/{id}/deny": ["always"],
        "GET /v1/activity": ["forward", "limit", "before"],
        "GET /v1/traffic": ["span", "forward"],
        "GET /v1/events": ["topics", "forward"],
        "GET /v1/trace": ["from", "to", "arrival", "live", "seconds"],
        "GET /v1/wan": ["stun"],
    ]

    /// Browsers come to the page with all kinds of things in their addresses.
    private var minds: Bool { path.hasPrefix("/v1/") }

    func refuseUnknownQueries(of request: Request) throws(Refusal) {
        guard minds else { return }
        let known = queries
        for (key, _) in request.uri.queryParameters where !known.contains(String(key)) {
            throw Refusal(
                field: .body, value: "?\(key)",
                problem: .unknownKey(nearest: nearestName(to: String(key), among: known)))
        }
    }
}

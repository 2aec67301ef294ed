import Access
import ControlAPI
import TestKit
import Testing

@Suite struct `Authorisation` {
    /// A way to ask, and what each route answers to it.
    private struct Kind {
        var name: String
        /// Made when its turn comes: a change of the password ends sessions.
        var client: () throws -> NetworkClient
        var expected: (RouteCase) -> (status: Int, code: String?)
    }

    @Test func `every route of the program has a line in the table of the tests`() {
        let tested = Dictionary(uniqueKeysWithValues: RouteCase.all.map { ($0.route, $0.needs) })
        let served = Dictionary(
            uniqueKeysWithValues: ControlRoute.all.map {
                ("\($0.method) \($0.path)", $0.scope?.rawValue ?? "anybody")
            })
        #expect(tested == served)
    }

    @Test func `every route answers every kind of caller as the table says`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            for kind in try await Self.kinds(client) {
                let replies = try kind.client().ask(
                    RouteCase.all.map { .init(method: $0.method, path: $0.path, body: $0.body) })
                for (route, reply) in zip(RouteCase.all, replies) {
                    let (status, code) = kind.expected(route)
                    #expect(reply.status == status, "\(kind.name), \(route.route): \(reply)")
                    guard let code else { continue }
                    #expect(reply.code == code, "\(kind.name), \(route.route): \(reply)")
                }
            }
        }
    }

    private static func kinds(_ client: NetworkClient) async throws -> [Kind] {
        try await tokens(client) + sessions(client)
    }

    private static func tokens(_ client: NetworkClient) async throws -> [Kind] {
        var kinds = [Kind(name: "nobody", client: { client }) { $0.answer(to: nil) }]
        for scope in ["read", "operate", "admin"] {
            let token = try client.token("t-\(scope)", scope)
            kinds.append(
                Kind(name: "token of \(scope)", client: { client.bearing(token) }) {
                    $0.answer(to: scope)
                })
            // It is right, but for a host that the gateway is not.
            kinds.append(
                Kind(
                    name: "foreign host with \(scope)",
                    client: { client.bearing(token).with("Host: evil.example") }
                ) { _ in (403, "bad-host") })
        }
        let expired = client.bearing(try client.token("expired", "admin", for: "1s"))
        _ = try await eventually { try expired.ask("GET", "/v1/status").status == 401 }
        let revoked = client.bearing(try client.token("revoked", "admin"))
        #expect(try revoked.ask("GET", "/v1/status").status == 200)
        try client.gateway.done("token", "revoke", "5")
        let unknown = client.bearing("portcullis_" + String(repeating: "A", count: 43))
        for (name, none) in [("expired", expired), ("revoked", revoked), ("unknown", unknown)] {
            kinds.append(Kind(name: "\(name) token", client: { none }) { $0.answer(to: nil) })
        }
        return kinds
    }

    private static func sessions(_ client: NetworkClient) throws -> [Kind] {
        let origin = "Origin: https://\(NetworkClient.place)"
        func refused(_ code: String) -> (RouteCase) -> (status: Int, code: String?) {
            { route in
                // Who is nobody has nothing that could be abused.
                route.isWrite && route.needs != "anybody" ? (403, code) : (route.allowed, nil)
            }
        }
        func kind(
            _ name: String, _ expected: @escaping (RouteCase) -> (status: Int, code: String?),
            _ headers: @escaping (NetworkClient.SignedIn) -> [String]
        ) -> Kind {
            let client = {
                let session = try client.signInByLink()
                var page = client.with("Cookie: \(session.cookie)")
                page.headers += headers(session)
                return page
            }
            return Kind(name: name, client: client, expected: expected)
        }
        let other = try client.signInByLink()
        return [
            kind("session", { $0.answer(to: "admin") }) {
                ["X-CSRF-Token: \($0.csrf)", origin]
            },
            kind("session that tells its site", { $0.answer(to: "admin") }) {
                ["X-CSRF-Token: \($0.csrf)", "Sec-Fetch-Site: same-origin"]
            },
            kind("session without CSRF", refused("bad-csrf")) { _ in [origin] },
            kind("session with another's CSRF", refused("bad-csrf")) { _ in
                ["X-CSRF-Token: \(other.csrf)", origin]
            },
            kind("session without origin", refused("bad-origin")) {
                ["X-CSRF-Token: \($0.csrf)"]
            },
            kind(
                "session of a foreign page",
                { $0.isWrite ? (403, "bad-origin") : ($0.allowed, nil) }
            ) { ["X-CSRF-Token: \($0.csrf)", "Origin: https://evil.example"] },
            kind("session at a foreign host", { _ in (403, "bad-host") }) {
                ["X-CSRF-Token: \($0.csrf)", origin, "Host: evil.example"]
            },
        ]
    }

    @Test func `the socket may do everything`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            for route in RouteCase.all {
                let answer =
                    try route.body.map {
                        try client.gateway.ask(route.method, route.path, json: $0)
                    } ?? client.gateway.ask(route.method, route.path)
                #expect(answer.status == route.allowed, "\(route.route): \(answer)")
            }
        }
    }

    @Test func `what is no route is none for anybody`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let token = client.bearing(try client.token("t", "admin"))
            for path in ["/v1", "/v1/nothing", "/v2/status", "/page", "/page/../v1/status"] {
                for caller in [client, token] {
                    #expect(try caller.ask("GET", path).status == 404, "\(path)")
                }
            }
            #expect(try token.ask("HEAD", "/v1/status").status == 404)
            #expect(try client.ask("OPTIONS", "/v1/forwards").status == 404)
        }
    }

    @Test func `a token that only reads lets no packet in`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let path = "/v1/trace?from=198.51.100.7&to=:8443/tcp"
            let reader = client.bearing(try client.token("r", "read"))
            #expect(try reader.ask("GET", path).status == 200)
            let refused = try reader.ask("GET", path + "&live=true")
            #expect(refused.status == 403 && refused.code == "scope-too-small", "\(refused)")
        }
    }
}

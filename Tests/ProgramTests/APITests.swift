import Foundation
import TestKit
import Testing

@Suite struct `API` {
    private static let nas = #"{"name":"nas","external":"8443/tcp","to":"192.168.7.10:443"}"#

    private static func populated(_ lab: Lab) async throws -> GatewayProcess {
        let gateway = try await GatewayProcess(on: lab.gateway)
        let made = try gateway.ask("POST", "/v1/forwards", json: #"{"forwards":[\#(nas)]}"#)
        try #require(made.status == 201, "\(made)")
        return gateway
    }

    /// A body, the status of its answer, and what the problem says.
    private static let bodies: [(name: String, body: String, status: Int, says: String)] = [
        (
            "40 MB", #"{"forwards":[{"name":"\#(String(repeating: "x", count: 40_000_000))"}]}"#,
            413, "bytes"
        ),
        (
            "30 MB", #"{"forwards":[{"name":"\#(String(repeating: "x", count: 30_000_000))"}]}"#,
            422, "external"
        ),
        ("empty", "", 422, "no valid JSON"),
        ("cut", #"{"forwards":[{"name":"a","ext"#, 422, "no valid JSON"),
        ("100,000 brackets", String(repeating: "[", count: 100_000), 422, "no valid JSON"),
        (
            "100,000 groups", String(repeating: #"{"forwards":"#, count: 100_000), 422,
            "no valid JSON"
        ),
        ("zeros", String(repeating: "\0", count: 1000), 422, "no valid JSON"),
        ("half a character", #"{"forwards":[{"name":"\ud800"}]}"#, 422, "no valid JSON"),
        ("a list", "[]", 422, "should be a group of keys"),
        ("null", "null", 422, "should be a group of keys"),
        ("no forwards", "{}", 422, #"add "forwards""#),
        ("a group for a list", #"{"forwards":{}}"#, 422, #"body "forwards" should be a list"#),
        (
            "a number for a text", #"{"forwards":[{},{"name":5}]}"#, 422,
            #""forwards number 2 name" should be text"#
        ),
        ("a text for a switch", #"{"forwards":[{"nat6":"yes"}]}"#, 422, "should be true or false"),
        ("a text for a list", #"{"forwards":[{"allow":"::/0"}]}"#, 422, "should be a list"),
        ("a slip", #"{"forwards":[{"extrenal":"1/tcp"}]}"#, 422, #"did you mean "external"?"#),
        ("a slip at the top", #"{"forwardz":[]}"#, 422, #"did you mean "forwards"?"#),
        ("nothing said", #"{"forwards":[{}]}"#, 422, "external is missing"),
        (
            "a zero in a name",
            #"{"forwards":[{"name":"a\u0000b","external":"1/tcp","to":"192.168.7.10"}]}"#, 422,
            #"a\u{0}b"#
        ),
        ("the same name", #"{"forwards":[\#(nas)]}"#, 409, "another forward"),
        (
            "one of two is wrong",
            #"{"forwards":[{"external":"1/tcp","to":"192.168.7.10"},{"external":"2/tcp","to":"ff02::1"}]}"#,
            422, "multicast"
        ),
        (
            "60,000 wrong ones",
            #"{"forwards":[\#(Array(repeating: #"{"external":"0/tcp","to":"a"}"#, count: 60_000).joined(separator: ","))]}"#,
            422, "port 0"
        ),
    ]

    @Test(arguments: ["/v1/forwards", "/v1/apply"])
    func `a hostile body gets a problem that says what is wrong, and changes nothing`(
        path: String
    ) async throws {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            for (name, body, status, says) in Self.bodies {
                // To a file that says what is there already, nothing is wrong.
                if path == "/v1/apply", status == 409 { continue }
                let answer = try gateway.ask("POST", path, json: body)
                let problem = try #require(answer.problem, "\(name): \(answer)")
                #expect(answer.status == status, "\(name): \(answer)")
                #expect(problem.status == status && problem.type == "about:blank", "\(name)")
                #expect(problem.detail.contains(says), "\(name): \(problem.detail)")
                #expect(problem.detail.utf8.count < 1000, "\(name)")
                #expect(problem.errors.count <= 100, "\(name)")
                #expect(!problem.detail.contains("Optional("), "\(name)")
            }
            #expect(try gateway.listed() == before)
            #expect(gateway.isRunning)
        }
    }

    private static let requests: [(method: String, path: String, status: Int)] = [
        ("GET", "/nothing", 404), ("GET", "/v2/forwards", 404), ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/forwards", 404), ("DELETE", "/v1/forwards", 404), ("POST", "/v1/status", 404),
        ("GET", "/v1/../../etc/passwd", 404),
        ("GET", "/v1/forwards/nope", 404), ("DELETE", "/v1/forwards/nope", 404),
        ("GET", "/v1/forwards/%00", 422), ("GET", "/v1/forwards/%ff%fe", 422),
        ("DELETE", "/v1/forwards/a%2Fb", 422), ("GET", "/v1/flows?forward=nope", 404),
        ("GET", "/v1/flows/ended?forward=nope", 404), ("DELETE", "/v1/flows/k-1-2", 404),
        ("GET", "/v1/flows/ended?limit=many", 422), ("DELETE", "/v1/flows/%00", 404),
        ("GET", "/v1/flows?forward=%0a", 422), ("GET", "/v1/activity?forward=a%20b", 422),
        ("GET", "/v1/activity?limit=many", 422), ("DELETE", "/v1/forwards/nas?dry_run=maybe", 422),
        ("DELETE", "/v1/forwards/nas?revision=0", 409),
        ("DELETE", "/v1/forwards/nas?revision=2", 409),
        ("DELETE", "/v1/forwards/nas?revision=one", 422),
        ("GET", "/v1/forwards/" + String(repeating: "x", count: 5000), 422),
    ]

    @Test func `a request that asks for what is not there gets a problem, and changes nothing`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            for (method, path, status) in Self.requests {
                let answer = try gateway.ask(method, path)
                #expect(answer.status == status, "\(method) \(path.prefix(80)): \(answer)")
                #expect(answer.problem?.status == status, "\(method) \(path.prefix(80)): \(answer)")
            }
            #expect(try gateway.listed() == before)
        }
    }

    @Test(arguments: [
        "Content-Length: 99999999999999999999", "Content-Length: -1", "Content-Length: 99999999999",
        "Content-Length: 1, 2", "Transfer-Encoding: chunked, chunked", "Host: a\u{7f}b",
        "X: " + String(repeating: "a", count: 1_000_000),
    ])
    func `an absurd head is answered with an error or a closed connection`(header: String)
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            let wire = try UnixWire(to: gateway.socket)
            wire.send("POST /v1/forwards HTTP/1.1\r\nHost: gateway\r\n\(header)\r\n\r\n{}")
            let answer = wire.receive(within: 5000).map { String(decoding: $0, as: UTF8.self) }
            let isRefused = answer.map { $0.isEmpty || $0.hasPrefix("HTTP/1.1 4") } ?? false
            #expect(isRefused, "\(answer ?? "no answer")")
            #expect(try gateway.listed() == before)
        }
    }

    @Test func `half requests, held open or given up, keep nobody else waiting`() async throws {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            let heads = [
                "", "PO", "POST /v1/forwards HTTP/1.1\r\n",
                "POST /v1/forwards HTTP/1.1\r\nHost: a\r\n",
                "POST /v1/forwards HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{\"forwards\":[",
                "POST /v1/forwards HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"for",
            ]
            var held: [UnixWire] = []
            for number in 0..<120 {
                let wire = try UnixWire(to: gateway.socket)
                wire.send(heads[number % heads.count])
                if number < 60 { held.append(wire) }
            }
            #expect(try gateway.listed() == before)
            #expect(try gateway.cli("add", "9/tcp", "192.168.7.10", "--dry-run").succeeded)
            withExtendedLifetime(held) {}
            held = []
            #expect(try gateway.listed() == before)
            #expect(gateway.isRunning)
        }
    }

    @Test func `noise on the socket harms nothing`() async throws {
        try await Lab.with { lab in
            let gateway = try await Self.populated(lab)
            let before = try gateway.listed()
            var gen = Gen(Seed(11))
            for _ in 0..<50 {
                let noise = (0..<gen.int(1...3000)).map { _ in
                    Character(UnicodeScalar(UInt8(gen.int(0...255))))
                }
                try UnixWire(to: gateway.socket).send(String(noise) + "\r\n\r\n")
            }
            #expect(try gateway.listed() == before)
            #expect(gateway.isRunning)
        }
    }
}

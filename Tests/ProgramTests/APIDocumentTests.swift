import Access
import ControlAPI
import Foundation
import TestKit
import Testing

/// That the OpenAPI document says what the program does.
@Suite struct `The OpenAPI document` {
    private static let file = projectFolder.appending(
        path: "Sources/ControlAPI/Document/openapi.json")
    /// Python with what `scripts/install-python-packages` has put beside the build.
    private static let python = projectFolder.appending(path: ".build/python/bin/python").path

    private static func document() throws -> Document {
        try JSONDecoder().decode(Document.self, from: try Data(contentsOf: file))
    }

    @Test func `it has every route with its scope and its queries, and no other`() throws {
        let document = try Self.document()
        let said = document.operations
        let served = Dictionary(
            uniqueKeysWithValues: ControlRoute.all.map { route in
                ("\(route.method) \(route.path)", route)
            })
        #expect(said.keys.sorted() == served.keys.sorted())
        for (name, operation) in said {
            let route = try #require(served[name])
            #expect(operation.scope == route.scope?.rawValue, "\(name)")
            #expect(document.names(of: operation, in: "query") == route.queries.sorted(), "\(name)")
        }
    }

    @Test func `it says which header what writes may have`() throws {
        let document = try Self.document()
        for (name, operation) in document.operations {
            let headers = document.names(of: operation, in: "header")
            let isWrite = !name.hasPrefix("GET ")
            #expect(
                headers.contains("X-CSRF-Token") == (isWrite && operation.scope != nil), "\(name)")
            #expect(
                headers.contains("Idempotency-Key") == (operation.scope == "operate"), "\(name)")
        }
    }

    @Test func `it is one by the rules of OpenAPI`() throws {
        let made = try Command.run([Self.python, "-m", "openapi_spec_validator", Self.file.path])
        #expect(made.succeeded, "\(made.output)\(made.errors)")
    }

    @Test func `anybody is given it as it is`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let reply = try client.ask("GET", "/v1/openapi.json")
            #expect(reply.status == 200 && reply.header("Content-Type") == "application/json")
            #expect(Data(reply.body.utf8) == (try Data(contentsOf: Self.file)))
        }
    }

    /// Schemathesis makes requests of the document, right ones and wrong ones, and minds every answer
    /// that the document does not say, and every failure.
    @Test(arguments: Seed.batch(1))
    func `a fuzzer that goes by it finds the program to answer as it says`(seed: Seed)
        async throws
    {
        let checks = [
            "not_a_server_error", "status_code_conformance", "content_type_conformance",
            "response_headers_conformance", "response_schema_conformance",
            "negative_data_rejection", "missing_required_header", "ignored_auth",
        ]
        try await Self.fuzz(
            seed, checks, ["--phases", "examples,coverage,fuzzing", "--max-examples", "20"])
    }

    /// Only of what reads: the words of a forward have rules that no schema tells, and so does a packet.
    @Test(arguments: Seed.batch(1))
    func `what it says may be read is answered`(seed: Seed) async throws {
        try await Self.fuzz(
            seed, ["positive_data_acceptance"],
            ["--phases", "fuzzing", "--mode", "positive", "--include-method", "GET"]
                + ["--exclude-path", "/v1/trace", "--max-examples", "20"])
    }

    private static func fuzz(_ seed: Seed, _ checks: [String], _ options: [String]) async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let folder = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let token = try client.token("fuzzer", "admin")
            // It writes down what it finds where it stands.
            let made = try lab.lan1.command(
                ["timeout", "-s", "KILL", "600", "env", "-C", folder.path, python, "-c"]
                    + [fuzzer, "run", file.path, "--url", "https://\(client.place)"]
                    + ["--tls-verify", client.certificate]
                    + ["--header", "Authorization: Bearer \(token)", "--seed", "\(seed.value)"]
                    + ["--checks", checks.joined(separator: ",")] + options + always)
            // A run that does nothing finds nothing, too.
            #expect(
                made.succeeded && made.output.contains("No issues found"),
                "\(made.output.suffix(20_000))\(made.errors.suffix(2000))")
            #expect(client.gateway.isRunning)
        }
    }

    /// What every run has in common.
    ///
    /// Left out are the stream, which does not end, what asks targets and servers for seconds each time,
    /// and the password, whose slow hash takes most of a second. `unsupported_method` wants 405 where we
    /// have no route: 404.
    private static let always =
        [
            "--continue-on-failure", "--no-color", "--generation-database", "none",
            "--warnings", "off", "--request-timeout", "60",
        ]
        + ["events", "doctor", "doctor/fix", "wan"].flatMap { ["--exclude-path", "/v1/\($0)"] }
        + ["--exclude-operation-id", "setPassword"]

    /// It must not revoke its own token, nor leave a change waiting for a day, which refuses all others;
    /// and packets are not made.
    private static let fuzzer = """
        import schemathesis
        from schemathesis.cli import schemathesis as command

        @schemathesis.hook
        def before_call(context, case, **kwargs):
            query = case.query
            if case.path == "/v1/tokens/{id}" and str(case.path_parameters.get("id")) == "1":
                case.path_parameters["id"] = 99
            if str(query.get("confirm")).isdecimal() and 0 < int(query["confirm"]) <= 86400:
                query["confirm"] = 1
            if case.path == "/v1/trace" and query.get("live") in ["true", "1", "wait"]:
                query["live"] = "false"

        command()
        """
}

/// As much of the document as is compared.
private struct Document: Decodable {
    var paths: [String: [String: Operation]]
    var components: Components

    struct Components: Decodable { var parameters: [String: Parameter] }

    struct Operation: Decodable {
        var security: [[String: [String]]]
        var parameters: [Parameter]?

        var scope: String? { security.first?["bearer"]?.first }
    }

    struct Parameter: Decodable {
        var name: String?
        var place: String?
        var reference: String?

        enum CodingKeys: String, CodingKey {
            case name
            case place = "in"
            case reference = "$ref"
        }
    }

    /// By `GET /v1/status`.
    var operations: [String: Operation] {
        let pairs = paths.flatMap { path, operations in
            operations.map { ("\($0.uppercased()) \(path)", $1) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    func names(of operation: Operation, in place: String) -> [String] {
        (operation.parameters ?? []).compactMap { parameter in
            let name = parameter.reference?.split(separator: "/").last.map(String.init)
            return name.map { components.parameters[$0] } ?? parameter
        }.filter { $0.place == place }.compactMap(\.name).sorted()
    }
}

import Foundation
import TestKit
import Testing

/// What requests are made under: tags, keys, pages.
@Suite struct `Conditions of the API` {
    private static func body(_ name: String, _ port: Int) -> String {
        #"{"forwards":[{"name":"\#(name)","external":"\#(port)/tcp","to":"192.168.7.10"}]}"#
    }

    @Test func `of two editors the second hears that the table has moved on`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            _ = try gateway.ask("POST", "/v1/forwards", json: Self.body("nas", 50001))
            let tag = try #require(try gateway.heads("/v1/forwards/nas")["etag"])
            let change = #"{"comment":"mine"}"#
            let mine = try gateway.ask(
                "PATCH", "/v1/forwards/nas", json: change, headers: ["If-Match: \(tag)"])
            #expect(mine.status == 200, "\(mine)")
            let theirs = try gateway.ask(
                "PATCH", "/v1/forwards/nas", json: #"{"comment":"theirs"}"#,
                headers: ["If-Match: \(tag)"])
            #expect(theirs.status == 412, "\(theirs)")
            let removal = try gateway.ask(
                "DELETE", "/v1/forwards/nas", headers: ["If-Match: \(tag)"])
            #expect(removal.status == 412, "\(removal)")
            let goingBack = try gateway.ask("POST", "/v1/rollback", headers: ["If-Match: \(tag)"])
            #expect(goingBack.status == 412, "\(goingBack)")
            #expect(try gateway.listed().contains(#""mine""#))
            #expect(try gateway.heads("/v1/forwards")["etag"] == #""r2""#)
        }
    }

    @Test(arguments: [
        "r1", "\"1\"", "W/\"r1\"", "\"r-1\"", "\"r\"", "\"r1\", \"r2\"", "\"r+0\"", "\"r00\"",
    ])
    func `a tag that is none of ours is refused`(tag: String) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let answer = try gateway.ask(
                "POST", "/v1/forwards", json: Self.body("nas", 50001),
                headers: ["If-Match: \(tag)"])
            #expect(answer.status == 422, "\(answer)")
            #expect(answer.problem?.errors.first?.field == "revision")
        }
    }

    @Test func `a request that is repeated with its key is done once`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let key = ["Idempotency-Key: 8d1c"]
            let first = try gateway.ask(
                "POST", "/v1/forwards", json: Self.body("nas", 50001), headers: key)
            let again = try gateway.ask(
                "POST", "/v1/forwards", json: Self.body("nas", 50001), headers: key)
            #expect(first.status == 201 && again.status == 201, "\(first) \(again)")
            #expect(first.body == again.body)
            let other = try gateway.ask(
                "POST", "/v1/forwards", json: Self.body("tv", 50002), headers: key)
            #expect(other.status == 422, "\(other)")
            #expect(try gateway.ask("GET", "/v1/status").text.contains(#""forwards":1,"#))
            // What was refused was not done, and may be tried again.
            let refused = ["Idempotency-Key: 8d1d"]
            let clash = try gateway.ask(
                "POST", "/v1/forwards", json: Self.body("tv", 50001), headers: refused)
            #expect(clash.status == 409, "\(clash)")
        }
    }

    @Test func `a key behind the ? that nobody reads is refused, and nothing is done`() async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let made = try gateway.ask(
                "POST", "/v1/forwards?dryrun=true", json: Self.body("nas", 50001))
            #expect(made.status == 422, "\(made)")
            let error = try #require(made.problem?.errors.first)
            #expect(error.value == "?dryrun" && error.advice.contains("dry_run"), "\(error)")
            for path in [
                "forwards?page=2", "status?x", "flows/ended?limit=0", "activity?before=-1",
            ] {
                #expect(try gateway.ask("GET", "/v1/\(path)").status == 422, "\(path)")
            }
            #expect(try gateway.ask("GET", "/v1/status").text.contains(#""forwards":0,"#))
        }
    }

    @Test func `pages together are the whole, in order`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let bodies = (0..<25).map {
                #"{"name":"f\#($0 + 10)","external":"\#(50_000 + $0)/tcp","to":"192.168.7.10"}"#
            }
            let made = try gateway.ask(
                "POST", "/v1/forwards", json: #"{"forwards":[\#(bodies.joined(separator: ","))]}"#)
            try #require(made.status == 201, "\(made)")
            var (names, after, pages): ([String], String, Int) = ([], "", 0)
            repeat {
                let answer = try gateway.ask("GET", "/v1/forwards?limit=10\(after)")
                let page = try JSONDecoder().decode(PageShown.self, from: answer.body)
                names += page.forwards.map(\.name)
                after = page.next.map { "&after=\($0)" } ?? ""
                pages += 1
            } while !after.isEmpty
            #expect(names == (10..<35).map { "f\($0)" })
            #expect(pages == 3)
            let older = try gateway.ask("GET", "/v1/activity?limit=20")
            let record = try JSONDecoder().decode(RecordShown.self, from: older.body)
            let next = try #require(record.next)
            let rest = try gateway.ask("GET", "/v1/activity?limit=20&before=\(next)")
            let last = try JSONDecoder().decode(RecordShown.self, from: rest.body)
            #expect(record.activity.count == 20 && last.activity.first?.number == next - 1)
            for wrong in ["limit=0", "limit=10001", "limit=x"] {
                #expect(try gateway.ask("GET", "/v1/forwards?\(wrong)").status == 422)
            }
        }
    }
}

private struct PageShown: Decodable {
    var forwards: [Shown]
    var next: String?
}

private struct RecordShown: Decodable {
    var activity: [Entry]
    var next: Int?

    struct Entry: Decodable {
        var number: Int
    }
}

extension GatewayProcess {
    /// The header fields of an answer, by their names in lower case.
    func heads(_ path: String) throws -> [String: String] {
        let made = try Command.run([
            "curl", "-sS", "-o", "/dev/null", "-D", "-", "--unix-socket", socket,
            "http://gateway\(path)",
        ])
        let lines = made.output.split { $0.isNewline }.dropFirst()
        return lines.reduce(into: [:]) { heads, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return }
            heads[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
    }
}

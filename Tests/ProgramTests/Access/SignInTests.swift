import Access
import Foundation
import TestKit
import Testing

@Suite struct `Signing in` {
    private static let password = "correct horse battery"
    private static let right = #"{"password":"correct horse battery"}"#
    /// Too short to be anybody's: refused without the time that a hash takes.
    private static let wrong = #"{"password":"wrong"}"#

    private static func setPassword(_ client: NetworkClient, _ text: String = password) throws {
        let made = try client.gateway.cli(["password", "set", "--stdin"], input: text + "\n")
        try #require(made.succeeded, "\(made.errors)")
    }

    @Test func `a link signs in once, as whoever made it`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let body = #"{"link":"\#(try client.link())"}"#
            let first = try client.ask("POST", "/v1/session", body)
            #expect(first.status == 200, "\(first)")
            #expect(first.body.contains(#""caller":"root""#), "\(first)")
            let cookie = try #require(first.header("Set-Cookie"))
            for part in ["__Host-portcullis=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
                #expect(cookie.contains(part), "\(part) is missing")
            }
            let second = try client.ask("POST", "/v1/session", body)
            #expect(second.status == 401 && second.code == "wrong-link", "\(second)")
        }
    }

    @Test func `a session outlives the daemon, and ends by signing out`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let page = client.page(try client.signInByLink())
            client.gateway.terminate()
            try await client.gateway.start()
            try await client.wait()
            #expect(try page.ask("GET", "/v1/session").status == 200)
            let out = try page.ask("DELETE", "/v1/session")
            #expect(out.status == 204 && out.header("Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(try page.ask("GET", "/v1/session").status == 401)
        }
    }

    @Test func `the password signs in, and another one ends what it signed in`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            #expect(try client.ask("POST", "/v1/session", Self.right).status == 401)
            try Self.setPassword(client)
            let refused = try client.ask(
                "POST", "/v1/session", #"{"password":"correct horse batterz"}"#)
            #expect(refused.status == 401 && refused.code == "wrong-credentials", "\(refused)")
            let page = client.page(try client.signIn(Self.right))
            #expect(try page.ask("GET", "/v1/status").status == 200)
            try Self.setPassword(client, "another horse battery")
            #expect(try page.ask("GET", "/v1/status").status == 401)
            #expect(try client.ask("POST", "/v1/session", Self.right).status == 401)
            try client.gateway.done("password", "remove")
            let removed = #"{"password":"another horse battery"}"#
            #expect(try client.ask("POST", "/v1/session", removed).status == 401)
        }
    }

    @Test func `whoever guesses waits, the right password too; the link does not, nor others`()
        async throws
    {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            try Self.setPassword(client)
            let guesses = Array(
                repeating: NetworkClient.Question(
                    method: "POST", path: "/v1/session", body: Self.wrong), count: 20)
            let replies = try client.ask(guesses)
            let waits = replies.filter { $0.status == 429 }
            #expect(replies.prefix(4).allSatisfy { $0.status == 401 })
            #expect(waits.count >= 10, "\(replies.map(\.status))")
            for reply in waits {
                #expect(reply.code == "too-many-attempts", "\(reply)")
                #expect(reply.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
            }
            // Guess until the wait is one that the next lines do not outlast.
            let isHeld = try await eventually(within: 60) {
                let reply = try client.ask("POST", "/v1/session", Self.wrong)
                return reply.header("Retry-After").flatMap { Int($0) } ?? 0 >= 4
            }
            #expect(isHeld)
            #expect(try client.ask("POST", "/v1/session", Self.right).status == 429)
            _ = try client.signInByLink()
            let other = NetworkClient(gateway: client.gateway, host: lab.lan2)
            #expect(try other.ask("POST", "/v1/session", Self.right).status == 200)
        }
    }

    @Test func `codes are asked for once they are on, and each is good once`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            try Self.setPassword(client)
            struct Made: Decodable {
                var secret: String
                var uri: String
            }
            let page = client.page(try client.signInByLink())
            let made = try page.ask("POST", "/v1/totp").decoded(Made.self)
            #expect(made.uri.hasPrefix("otpauth://totp/Portcullis:"))
            let totp = TOTP(secret: try #require(Base32.bytes(made.secret)))
            let step = Int64(Date().timeIntervalSince1970) / 30
            let on = try page.ask("PUT", "/v1/totp", #"{"code":"\#(totp.code(at: step))"}"#)
            #expect(on.status == 204, "\(on)")
            #expect(try client.ask("POST", "/v1/session", Self.right).status == 401)
            let next = totp.code(at: step + 1)
            let body = #"{"password":"\#(Self.password)","code":"\#(next)"}"#
            #expect(try client.ask("POST", "/v1/session", body).status == 200)
            #expect(try client.ask("POST", "/v1/session", body).status == 401)
            try client.gateway.done("totp", "off")
            #expect(try client.ask("POST", "/v1/session", Self.right).status == 200)
        }
    }

    private struct Entry: Decodable {
        var who: String
        var kind: String
        var forward: String?
    }
    private struct Record: Decodable { var activity: [Entry] }

    @Test func `the record says who did what, and from where`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let program = client.bearing(try client.token("backup", "operate"))
            let page = client.page(try client.signInByLink())
            func forward(_ name: String, _ port: Int) -> String {
                #"{"forwards":[{"name":"\#(name)","external":"\#(port)/tcp","to":"192.168.7.10"}]}"#
            }
            #expect(try program.ask("POST", "/v1/forwards", forward("a", 8001)).status == 201)
            #expect(try page.ask("POST", "/v1/forwards", forward("b", 8002)).status == 201)
            #expect(try page.ask("DELETE", "/v1/forwards/a").status == 200)
            let record = try client.gateway.json(["log"], as: Record.self).activity
            let words = record.map { "\($0.who) \($0.kind) \($0.forward ?? "-")" }
            for line in [
                "token:backup from 192.168.7.10 added a", "page:root from 192.168.7.10 added b",
                "page:root from 192.168.7.10 removed a", "page:root from 192.168.7.10 access -",
            ] { #expect(words.contains(line), "\(line) is not in \(words)") }
        }
    }

    @Test func `no secret stands in the log, nor in any file of the state`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            try Self.setPassword(client)
            let (token, link) = (try client.token("t", "admin"), try client.link())
            let session = try client.signIn(#"{"link":"\#(link)"}"#)
            let byPassword = try client.signIn(Self.right)
            _ = try client.bearing(token).ask("GET", "/v1/status")
            _ = try client.page(session).ask("GET", "/v1/status")
            _ = try client.ask("POST", "/v1/session", #"{"password":"a wrong horse battery"}"#)
            client.gateway.terminate()
            let cookies = [session, byPassword].map { String($0.cookie.split(separator: "=")[1]) }
            let secrets =
                [token, link, Self.password, session.csrf, "a wrong horse battery"] + cookies
                + [String(token.dropFirst("portcullis_".count))]
            let files = try FileManager.default.contentsOfDirectory(
                at: client.gateway.state, includingPropertiesForKeys: nil)
            #expect(files.count >= 3)
            for secret in secrets {
                #expect(!client.gateway.log.contains(secret), "the log has a secret")
                for file in files {
                    let found = try Data(contentsOf: file).range(of: Data(secret.utf8))
                    #expect(found == nil, "\(file.lastPathComponent) has a secret")
                }
            }
        }
    }

    @Test func `nobody sends more than a password needs`() async throws {
        try await Lab.with { lab in
            let client = try await NetworkClient.start(lab)
            let long = String(repeating: "x", count: 5000)
            let reply = try client.ask("POST", "/v1/session", #"{"password":"\#(long)"}"#)
            #expect(reply.status == 413, "\(reply)")
            for body in ["", "[]", #"{"pasword":"a"}"#, #"{"link":"a","password":"b"}"#] {
                #expect(try client.ask("POST", "/v1/session", body).status == 422, "\(body)")
            }
        }
    }
}

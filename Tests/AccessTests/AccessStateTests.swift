import Access
import Forwarding
import Testing

@Suite struct `Access states` {
    @Test func `a token lets in until its end, and not a second longer`() throws {
        var state = AccessState()
        let secret = try Made.secret(1)
        let token = try state.addToken(
            "prometheus", .read, lasting: 100, secret: secret, at: Made.now)
        #expect(token.number == 1 && token.expires == Made.now + 100)
        #expect(state.useToken(secret, at: Made.now + 99)?.token.name == "prometheus")
        #expect(state.useToken(secret, at: Made.now + 100) == nil)
        #expect(state.useToken(try Made.secret(2), at: Made.now) == nil)
    }

    @Test func `a revoked token lets nobody in, and its number is not given again`() throws {
        var state = AccessState()
        let (first, second) = (try Made.secret(1), try Made.secret(2))
        _ = try state.addToken("a", .admin, lasting: 100, secret: first, at: Made.now)
        #expect(state.removeToken(1)?.name == "a")
        #expect(state.removeToken(1) == nil)
        #expect(state.useToken(first, at: Made.now) == nil)
        let next = try state.addToken("a", .read, lasting: 100, secret: second, at: Made.now)
        #expect(next.number == 2)
    }

    @Test func `the last use is written down once in a minute`() throws {
        var state = AccessState()
        let secret = try Made.secret(1)
        _ = try state.addToken("a", .read, lasting: 1000, secret: secret, at: Made.now)
        let news = [0, 1, 59, 60, 61, 119, 120].map { second in
            state.useToken(secret, at: Made.now + second)?.isNews
        }
        #expect(news == [true, false, false, true, false, false, true])
    }

    @Test(arguments: [
        ("", AccessState.TokenProblem.name), ("a b", .name), ("a\n", .name), ("ä", .name),
        (String(repeating: "a", count: 33), .name), ("taken", .nameTaken),
    ])
    func `a name is short, plain and its token's own`(
        name: String, problem: AccessState.TokenProblem
    ) throws {
        var state = AccessState()
        let (first, second) = (try Made.secret(1), try Made.secret(2))
        _ = try state.addToken("taken", .read, lasting: 1, secret: first, at: Made.now)
        #expect(throws: problem) {
            _ = try state.addToken(name, .read, lasting: 1, secret: second, at: Made.now)
        }
    }

    @Test func `a token has an end within ten years, and there are so many and no more`() throws {
        var state = AccessState()
        for seconds in [0, -1, AccessState.longestToken + 1] {
            let secret = try Made.secret(1)
            #expect(throws: AccessState.TokenProblem.lifetime) {
                _ = try state.addToken("a", .read, lasting: seconds, secret: secret, at: Made.now)
            }
        }
        for number in 0..<AccessState.mostTokens {
            let secret = try Made.secret(UInt8(number))
            _ = try state.addToken("t\(number)", .read, lasting: 1, secret: secret, at: Made.now)
        }
        let secret = try Made.secret(200)
        #expect(throws: AccessState.TokenProblem.tooMany) {
            _ = try state.addToken("more", .read, lasting: 1, secret: secret, at: Made.now)
        }
    }

    @Test func `a session ends after twelve idle hours`() throws {
        var state = AccessState()
        let secret = try Made.secret(1)
        _ = state.open(secret, "root", at: Made.now)
        let hour: Int64 = 3600
        #expect(state.useSession(secret, at: Made.now + 11 * hour) != nil)
        #expect(state.useSession(secret, at: Made.now + 22 * hour) != nil)
        #expect(state.useSession(secret, at: Made.now + 34 * hour) == nil)
    }

    @Test func `a session that is used all the time ends after seven days`() throws {
        var state = AccessState()
        let secret = try Made.secret(1)
        _ = state.open(secret, "root", at: Made.now)
        let hour: Int64 = 3600
        for step in 1..<(7 * 24) {
            #expect(state.useSession(secret, at: Made.now + Int64(step) * hour) != nil)
        }
        #expect(state.useSession(secret, at: Made.now + 7 * 24 * hour) == nil)
    }

    @Test func `whoever signs out is out, and nobody else`() throws {
        var state = AccessState()
        let (one, other) = (try Made.secret(1), try Made.secret(2))
        _ = state.open(one, "root", at: Made.now)
        _ = state.open(other, "root", at: Made.now)
        state.close(one)
        #expect(state.useSession(one, at: Made.now) == nil)
        #expect(state.useSession(other, at: Made.now) != nil)
        state.closeSessions(except: one.digest)
        #expect(state.sessions.isEmpty)
    }
}

@Suite struct `Sign-in links` {
    @Test func `a link is good once`() throws {
        var links = SignInLinks()
        let secret = try Made.secret(1)
        #expect(links.add(secret, by: "root", at: Made.now) == Made.now + 300)
        #expect(links.redeem(try Made.secret(2), at: Made.now) == nil)
        #expect(links.redeem(secret, at: Made.now + 299) == "root")
        #expect(links.redeem(secret, at: Made.now + 299) == nil)
    }

    @Test func `a link is good for five minutes`() throws {
        var links = SignInLinks()
        let secret = try Made.secret(1)
        _ = links.add(secret, by: "root", at: Made.now)
        #expect(links.redeem(secret, at: Made.now + 300) == nil)
        // Not even if the clock goes back.
        #expect(links.redeem(secret, at: Made.now) == nil)
    }

    @Test func `whoever makes many drops the oldest`() throws {
        var links = SignInLinks()
        for byte in UInt8(0)..<17 { _ = links.add(try Made.secret(byte), by: "root", at: Made.now) }
        #expect(links.redeem(try Made.secret(0), at: Made.now) == nil)
        #expect(links.redeem(try Made.secret(1), at: Made.now) == "root")
    }
}

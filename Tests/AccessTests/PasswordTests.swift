import Access
import Forwarding
import Testing

@Suite struct `Passwords` {
    private static let salt = Array(UInt8(1)...16)

    @Test func `a password matches its hash, and no other does`() throws {
        let hash = try #require(PasswordHash("correct horse battery", salt: Self.salt))
        #expect(hash.matches("correct horse battery"))
        #expect(!hash.matches("correct horse batterz") && !hash.matches(""))
        let kept = try #require(PasswordHash(text: hash.text))
        #expect(kept == hash && kept.matches("correct horse battery"))
        #expect(!hash.text.contains("horse"))
    }

    @Test func `the salt makes it another one`() throws {
        let one = try #require(PasswordHash("correct horse battery", salt: Self.salt))
        let other = try #require(PasswordHash("correct horse battery", salt: Self.salt.reversed()))
        #expect(one.text != other.text)
    }

    @Test(arguments: [
        "", "scrypt", "bcrypt 32768 8 3 AQIDBAUGBwg AQIDBAUGBwg", "scrypt 0 8 3 a b",
        // 128 GiB of memory, and what is no power of two.
        "scrypt 1073741824 8 1 AAAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt 32767 8 1 AAAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt 32768 8 3 AAAAAAAAAAAAAAAAAAAAAA AAAA",
    ])
    func `a damaged hash is none`(text: String) { #expect(PasswordHash(text: text) == nil) }

    @Test func `twelve characters are long enough, however many bytes they are`() {
        #expect(PasswordHash.isLongEnough("ääääääääääää"))
        #expect(!PasswordHash.isLongEnough("ääääääääääa"))
        #expect(!PasswordHash.isLongEnough(String(repeating: "a", count: 1025)))
    }
}

@Suite struct `Codes` {
    /// RFC 6238, appendix B: the last six digits.
    private static let vectors: [(Int64, String)] = [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
        (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ]
    private static let totp = TOTP(secret: Array("12345678901234567890".utf8))

    @Test func `codes are those of the standard`() {
        for (second, code) in Self.vectors { #expect(Self.totp.code(at: second / 30) == code) }
    }

    @Test func `a code is good a step before and after its own`() {
        let step = Made.now.seconds / 30
        for distance in Int64(-3)...3 {
            var totp = Self.totp
            let isTaken = totp.accept(totp.code(at: step + distance), at: Made.now)
            #expect(isTaken == (-1...1).contains(distance), "\(distance)")
        }
    }

    @Test func `no code is good twice, nor an older one after it`() {
        var totp = Self.totp
        let step = Made.now.seconds / 30
        let taken = [step, step, step - 1, step + 1].map { step in
            totp.accept(totp.code(at: step), at: Made.now)
        }
        #expect(taken == [true, false, false, true])
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "０１２３４５"])
    func `what is no code is none`(code: String) {
        var totp = Self.totp
        let isTaken = totp.accept(code, at: Made.now)
        #expect(!isTaken)
    }
}

@Suite struct `Attempts` {
    @Test func `the first few are free, and then each waits twice as long`() {
        var gate = AttemptGate()
        var now = Made.now
        let free = (0..<4).map { _ in gate.begin(from: "a", at: now) }
        #expect(free.allSatisfy { $0 == nil })
        var waits: [Int64] = []
        for _ in 0..<8 {
            guard let wait = gate.begin(from: "a", at: now) else { continue }
            waits.append(wait)
            now = now + wait
            #expect(gate.begin(from: "a", at: now + -1) != nil)
            #expect(gate.begin(from: "a", at: now) == nil)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128])
    }

    @Test func `nobody waits longer than a quarter of an hour`() {
        var gate = AttemptGate()
        var now = Made.now
        for _ in 0..<40 {
            while let wait = gate.begin(from: "a", at: now) {
                #expect(wait <= 900)
                now = now + wait
            }
        }
    }

    @Test func `one that waits keeps no other from trying, and success forgets`() {
        var gate = AttemptGate()
        for _ in 0..<4 { _ = gate.begin(from: "a", at: Made.now) }
        #expect(gate.begin(from: "a", at: Made.now) != nil)
        #expect(gate.begin(from: "b", at: Made.now) == nil)
        gate.succeed(from: "a")
        #expect(gate.begin(from: "a", at: Made.now) == nil)
    }

    @Test func `many sources together wait, too, and never longer than a minute`() {
        var gate = AttemptGate()
        var longest: Int64 = 0
        var now = Made.now
        var tries = 0
        for source in 0..<500 {
            while let wait = gate.begin(from: "\(source)", at: now) {
                longest = max(longest, wait)
                now = now + wait
            }
            tries += 1
        }
        #expect(longest == 60)
        // 500 sources: 40 at once, and the rest about one a minute.
        #expect(now.seconds - Made.now.seconds > 60 * 440)
    }

    @Test func `after a quiet hour nothing is held against anybody`() {
        var gate = AttemptGate()
        for _ in 0..<4 { _ = gate.begin(from: "a", at: Made.now) }
        #expect(gate.begin(from: "a", at: Made.now + 3601) == nil)
        #expect(gate.begin(from: "a", at: Made.now + 3601) == nil)
    }
}

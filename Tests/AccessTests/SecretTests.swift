import Access
import TestKit
import Testing

@Suite struct `Secrets` {
    @Test(arguments: Seed.batch(50)) func `what is shown is read back, and is of 43 letters`(
        seed: Seed
    )
        throws
    {
        var gen = Gen(seed)
        let bytes = (0..<32).map { _ in UInt8(gen.int(0...255)) }
        let secret = try #require(Secret(bytes: bytes))
        #expect(secret.text.utf8.count == 43)
        #expect(Secret(text: secret.text)?.digest == secret.digest)
        #expect(AccessToken.secret(in: AccessToken.text(secret))?.digest == secret.digest)
    }

    @Test(arguments: [
        "", "a", String(repeating: "A", count: 42), String(repeating: "A", count: 44),
        String(repeating: "+", count: 43), String(repeating: "A", count: 42) + "=",
        // The last letter has two bits that belong to no byte.
        String(repeating: "A", count: 42) + "B", String(repeating: "é", count: 43),
    ])
    func `other letters, and other spellings of the same bytes, are none`(text: String) {
        #expect(Secret(text: text) == nil)
    }

    @Test func `the digest is the SHA-256 of the bytes`() throws {
        let digest = try Made.secret(0).digest.bytes
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digits == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
    }

    @Test func `no way of printing it shows it`() throws {
        let secret = try Made.secret(7)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains(secret.text) && !text.contains("7, 7"), "\(text)")
        }
    }

    @Test func `what a page says besides its cookie is that of its secret alone`() throws {
        let (one, other) = (try Made.secret(1), try Made.secret(2))
        #expect(one.hasCSRF(one.csrf))
        #expect(!one.hasCSRF(other.csrf) && !one.hasCSRF("") && !one.hasCSRF(one.text))
    }

    @Test func `a token without its mark is none`() throws {
        let secret = try Made.secret(1)
        #expect(AccessToken.secret(in: secret.text) == nil)
        #expect(AccessToken.secret(in: "PORTCULLIS_" + secret.text) == nil)
    }

    @Test func `Base32 is that of RFC 4648`() {
        // Section 10, without the padding.
        let vectors = [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ]
        for (plain, text) in vectors {
            #expect(Base32.text(Array(plain.utf8)) == text)
            #expect(Base32.bytes(text) == Array(plain.utf8))
        }
        #expect(Base32.bytes("M1") == nil)
    }
}

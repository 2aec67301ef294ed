import Access
import TestKit
import Testing

@Suite struct `Texts that callers send` {
    /// Letters that mean something to one of the readers, and some that mean nothing.
    private static let letters = Array("AZaz09-_+/=. :[]@portcullis_scrypt\u{0}\u{e9}\u{1f600}")

    @Test(arguments: Seed.batch(500)) func `any text is read or left`(seed: Seed) {
        var gen = Gen(seed)
        let text = String((0..<gen.int(0...90)).map { _ in gen.pick(Self.letters) })
        for read in [text, "portcullis_" + text, "scrypt 32768 8 1 " + text] {
            if let secret = Secret(text: read) { #expect(secret.text == read) }
            if let secret = AccessToken.secret(in: read) {
                #expect(AccessToken.text(secret) == read)
            }
            if let hash = PasswordHash(text: read) {
                #expect(PasswordHash(text: hash.text) == hash)
            }
            if let bytes = Base32.bytes(read) { #expect(Base32.text(bytes) == read) }
            _ = KnownHosts(["a"]).contains(read)
            _ = WebOrigin(host: read, origin: read, site: read).isOwn
        }
    }
}

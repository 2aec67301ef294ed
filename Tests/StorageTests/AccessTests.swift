import Access
import Forwarding
import Storage
import TestKit
import Testing

@Suite struct `Stored access` {
    private static func secret(_ byte: UInt8) throws -> Secret {
        try #require(Secret(bytes: Array(repeating: byte, count: Secret.count)))
    }

    private static func full() throws -> AccessState {
        var state = AccessState()
        _ = try state.addToken(
            "gone", .admin, lasting: 60, secret: try secret(1), at: Sample.now)
        _ = state.removeToken(1)
        for (byte, scope) in zip(UInt8(2)..., Scope.allCases) {
            _ = try state.addToken(
                "t-\(scope.rawValue)", scope, lasting: 60, secret: try secret(byte),
                at: Sample.now)
        }
        _ = state.useToken(try secret(2), at: Sample.now)
        _ = state.open(try secret(9), "root", at: Sample.now)
        state.password = PasswordHash(
            text: "scrypt 1024 8 1 AAAAAAAAAAAAAAAAAAAAAA "
                + String(repeating: "A", count: 43))
        state.totp = TOTP(secret: Array(0..<20), isOn: true, lastStep: 7)
        return state
    }

    @Test func `all of it comes back as it was`() throws {
        let (folder, state) = (try StoreFolder(), try Self.full())
        #expect(state.password != nil && state.tokens.count == 3 && state.nextNumber == 5)
        try folder.open().save(state, noting: [.sample(nil, .access)])
        let store = try folder.open()
        #expect(try store.load().access == state)
        #expect(try store.activity(of: nil, limit: 5) == [.sample(nil, .access)])
    }

    @Test func `a state takes the place of the one before`() throws {
        let store = try StoreFolder().open()
        try store.save(try Self.full(), noting: [])
        try store.save(AccessState(), noting: [])
        #expect(try store.load().access == AccessState())
    }

    @Test func `nothing that was shown stands in the files`() throws {
        let (folder, state) = (try StoreFolder(), try Self.full())
        try folder.open().save(state, noting: [])
        _ = try folder.open()
        for byte in UInt8(2)...9 {
            let text = try Self.secret(byte).text
            for (name, content) in try folder.contents() {
                #expect(content.firstRange(of: Array(text.utf8)) == nil, "\(name)")
                #expect(
                    content.firstRange(of: Array(repeating: byte, count: 32)) == nil, "\(name)")
            }
        }
    }

    @Test(arguments: [
        "UPDATE token SET scope = 'all'", "UPDATE session SET digest = x'00'",
        "UPDATE credential SET password = 'plain'",
    ])
    func `a row that cannot be read stops the start`(sql: String) throws {
        let folder = try StoreFolder()
        try folder.open().save(try Self.full(), noting: [])
        try folder.execute(sql)
        let store = try folder.open()
        #expect(throws: StoreError.self) { try store.load() }
    }
}

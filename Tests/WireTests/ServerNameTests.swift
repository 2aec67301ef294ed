import TestKit
import Testing
import Wire

@Suite struct `A pattern of server names` {
    @Test(arguments: [
        ("example.com", "example.com", true), ("Example.COM.", "example.com", true),
        ("example.com", "www.example.com", false), ("*.example.com", "www.example.com", true),
        ("*.example.com", "WWW.example.com.", true), ("*.example.com", "example.com", false),
        ("*.example.com", "a.b.example.com", false), ("*.example.com", "wwwexample.com", false),
        ("*.com", "example.com", true), ("*.localhost", "localhost", false),
    ])
    func `is exact, or has one label open`(pattern: String, name: String, matches: Bool) throws {
        let pattern = try #require(ServerNamePattern(pattern))
        #expect(try pattern.matches(#require(ServerName(name))) == matches)
    }

    @Test(arguments: [
        "", "*", "*.", "*.*.com", "a.*.com", "www*.com", "*.192.0.2.1", "192.0.2.1", "::1", "a b",
        "**.com", "example.com..",
    ])
    func `is nothing else`(text: String) { #expect(ServerNamePattern(text) == nil) }

    @Test(arguments: Seed.batch(100))
    func `is found under the name it is for`(seed: Seed) throws {
        var gen = Gen(seed)
        let name = try #require(ServerName(gen.hostName()))
        let candidates = ServerNamePattern.candidates(for: name)
        #expect(candidates.first == .exactly(name))
        #expect(candidates.count == (name.text.contains(".") ? 2 : 1))
        for pattern in candidates {
            #expect(pattern.matches(name))
            #expect(ServerNamePattern(pattern.description) == pattern)
        }
        let other = try #require(ServerName("x." + name.text))
        #expect(candidates.allSatisfy { !$0.matches(other) })
    }

    @Test func `has names of 255 bytes at most`() {
        let name = Array(repeating: String(repeating: "a", count: 63), count: 4)
            .joined(separator: ".")
        #expect(name.utf8.count == 255 && ServerName(name) != nil)
        #expect(ServerName(name + "a") == nil)
        #expect(ServerName(String(name.dropLast()) + "b") != ServerName(name))
    }
}

import Testing

/// The rules are only as good as the eyes that look for breaches.
@Suite struct `Code without comments and texts` {
    @Test(arguments: [
        ("let a = 1 // fatalError()", "let a = 1 "), ("/* a!\n b! */ c", "\n c"),
        (#"print("try! it // now")"#, #"print("")"#), (#""a \(b!) c""#, #""(b!)""#),
        (##"#"no \(b!) here"#"##, "\"\""), (##"#"a \#(b!) c"#"##, "\"(b!)\""),
        (#""\(f("x!", { y! }))" + z!"#, #""(f("", { y! }))" + z!"#),
        ("\"\"\"\n a! \\(b!)\n\"\"\" + c!", "\"\"\"\n(b!)\n\"\"\" + c!"),
        (#""a \" b!" + c!"#, #""" + c!"#), (#""\\" + c!"#, #""" + c!"#),
    ])
    func `only code is left, line for line`(text: String, code: String) {
        #expect(String(decoding: Code.only(of: Array(text.utf8)), as: UTF8.self) == code)
    }

    @Test func `forced unwrapping is told from what looks like it`() {
        let forced = [
            "a!", "a!.b", "f()!", "a[0]!", "a as! B", "var a: String!", "try! f()", "a?.b!", "[a!]",
        ]
        let harmless = [
            "a != b", "!a", "(!a)", "[!a]", "a && !b", "!a.isEmpty", "{ !$0 }", "a !== b",
        ]
        for code in forced { #expect(SafetyTests.forces(code), "\(code)") }
        for code in harmless { #expect(!SafetyTests.forces(code), "\(code)") }
    }

    @Test func `words are whole`() {
        #expect("try unsafe f()".hasWord("unsafe"))
        #expect(!"options.unsafeGetSocketOption".hasWord("unsafe"))
        #expect("a fatalError(b)".words(before: "(") == ["fatalError"])
    }
}

import TestKit
import Testing

@Suite struct SafetyTests {
    @Test func `no source can end the program by itself`() throws {
        let deadly: Set = [
            "fatalError", "preconditionFailure", "precondition", "assertionFailure", "assert",
            "abort",
        ]
        // A table in raw memory has to stop at its bounds, as an array does.
        let tables = ["Sources/Relay/Memory/", "Sources/Relay/Datagram/DatagramBatch.swift"]
        for file in try SourceFile.all(in: "Sources")
        where !tables.contains(where: file.path.hasPrefix) {
            let found = file.places { !$0.words(before: "(").isDisjoint(with: deadly) }
            #expect(
                found.isEmpty,
                "a gateway that stops opens or closes a network: refuse with a reason instead")
        }
    }

    @Test func `nothing is forced`() throws {
        for file in try SourceFile.all(in: "Sources") {
            let found = file.places(where: Self.forces)
            #expect(
                found.isEmpty, "what cannot be wrong today can be tomorrow: unwrap it, or throw")
        }
    }

    /// Whether code has `!` behind a value, a type, `as` or `try`.
    static func forces(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        return bytes.indices.contains { place in
            guard bytes[place] == UInt8(ascii: "!"), place > 0 else { return false }
            guard place + 1 >= bytes.count || bytes[place + 1] != UInt8(ascii: "=") else {
                return false
            }
            let before = bytes[place - 1]
            return Character(UnicodeScalar(before)).isLetter || (48...57).contains(before)
                || ")]}?>\"_`".utf8.contains(before)
        }
    }

    /// Where memory may be handled by hand.
    ///
    /// Everything else is checked by the compiler.
    private static func mayBeUnsafe(_ file: SourceFile) -> Bool {
        ["LinuxKit", "Relay", "Storage"].contains(file.module)
            || file.path == "Sources/portcullis/Output/Console.swift"
    }

    @Test func `unsafe code has an address`() throws {
        for file in try SourceFile.all(in: "Sources") where !Self.mayBeUnsafe(file) {
            let found = file.places { $0.hasWord("unsafe") || $0.contains("@unchecked Sendable") }
            #expect(
                found.isEmpty,
                "unsafe code belongs in LinuxKit or Relay, behind a type that is safe")
        }
    }

    @Test func `unsafe code says why it is safe, close by`() throws {
        for file in try SourceFile.all(in: "Sources") {
            let reasons = file.lines.indices.filter { file.lines[$0].contains("// SAFETY:") }
            let places = file.code.indices.filter {
                file.code[$0].hasWord("unsafe") || file.code[$0].contains("@unchecked Sendable")
            }
            for place in places where !reasons.contains(where: { abs($0 - place) <= 12 }) {
                Issue.record(
                    "\(file.path):\(place + 1) is unsafe and no \"// SAFETY:\" within 12 lines says why it holds"
                )
            }
        }
    }

    @Test func `no source hands out what is only there for tests or later`() throws {
        for file in try SourceFile.all(in: "Sources") {
            let left = file.lines.indices.filter { line in
                ["TODO", "FIXME", "XXX", "HACK"].contains { file.lines[line].hasWord($0) }
            }
            #expect(left.isEmpty, "\(file.path): write an issue, or do it")
            let open = file.places {
                $0.hasWord("public") || $0.hasWord("open") && $0.contains("class")
            }
            #expect(open.isEmpty, "one package: \"package\" is as far as anything is seen")
        }
    }
}

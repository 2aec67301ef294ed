import ControlModel
import Forwarding
import Foundation
import TestKit
import Testing

@Suite struct `Strict decoding` {
    private func refusal(_ json: String) -> Refusal? {
        do {
            _ = try JSONDecoder().decode(ForwardsBody.self, from: Data(json.utf8))
            return nil
        } catch { return error as? Refusal }
    }

    @Test(arguments: ForwardBody.CodingKeys.allCases.map(\.rawValue))
    func `a key with a slip is refused, and the one that was meant is named`(key: String) throws {
        let slip = key + "x"
        let found = try #require(refusal(#"{"forwards":[{},{"\#(slip)":"x"}]}"#))
        #expect(found.value == "forwards number 2 \(slip)")
        #expect(found.field == .body)
        guard case .unknownKey(let nearest?) = found.problem else {
            Issue.record("\(found.problem)")
            return
        }
        // Two letters more make `at` of `to` and the other way round.
        #expect(nearest == key || key.count == 2)
    }

    @Test func `letters out of order are seen through`() throws {
        for (slip, key) in [("nmae", "name"), ("extrenal", "external"), ("Comment", "comment")] {
            let found = try #require(refusal(#"{"forwards":[{"\#(slip)":"x"}]}"#))
            #expect(found.problem == .unknownKey(nearest: key))
        }
    }

    @Test func `a key that is like no other is refused without a guess`() throws {
        let found = try #require(refusal(#"{"forwards":[{"wavelength":1}]}"#))
        #expect(found.problem == .unknownKey(nearest: nil))
        #expect(found.sentence.contains("see the manual"))
    }

    @Test func `a key at the top is refused too`() throws {
        let found = try #require(refusal(#"{"forwards":[],"forwardz":[]}"#))
        #expect(found.value == "forwardz")
        #expect(found.problem == .unknownKey(nearest: "forwards"))
    }

    @Test func `of several unknown keys always the same is named`() {
        let all = (0..<20).map { _ in refusal(#"{"forwards":[{"zz":1,"aa":1,"mm":1}]}"#)?.value }
        #expect(Set(all) == ["forwards number 1 aa"])
    }

    @Test func `everything that is wrong with a body is said, up to a hundred things`() throws {
        var wrong = ForwardBody()
        (wrong.external, wrong.to) = ("0/tcp", "nas.lan")
        for (count, said) in [(1, 1), (3, 3), (60_000, 100)] {
            let bodies = ForwardsBody(Array(repeating: wrong, count: count))
            let refused = #expect(throws: RefusedBodies.self) { try bodies.drafts() }
            #expect(refused?.refusals.count == said)
        }
    }

    @Test(arguments: [
        ("String", "should be text in quotes"), ("Bool", "should be true or false"),
        ("Int64", "should be a whole number"), ("Array<Any>", "should be a list"),
        ("TOMLArray", "should be a list"), ("TOMLTable", "should be a group of keys"),
        ("Dictionary<String, Any>", "should be a group of keys"),
        ("Whatever", "should be of another kind"),
    ])
    func `types have words for people`(type: String, words: String) {
        #expect(expectation(ofType: type) == words)
    }
}

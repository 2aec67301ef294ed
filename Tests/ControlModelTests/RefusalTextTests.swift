import Addressing
import ControlModel
import Forwarding
import TestKit
import Testing

@Suite struct `What a refusal says` {
    @Test func `every problem is among those that are tried here`() {
        #expect(Set(Problems.all.map(Problems.place)) == Set(0..<Problems.cases))
    }

    @Test(arguments: Problems.all, Refusal.Field.allCases)
    func `it names field and value, and gives advice, on one line`(
        problem: Problem, field: Refusal.Field
    ) {
        let refusal = Refusal(
            forward: Sample.name("camera"), field: field, value: "a-value", problem: problem)
        #expect(refusal.sentence.hasPrefix("camera: \(field.rawValue) \"a-value\" "))
        #expect(refusal.sentence.hasSuffix("; \(refusal.advice)"))
        for text in [refusal.message, refusal.advice, refusal.sentence] {
            #expect(!text.isEmpty)
            #expect(!text.contains("Optional("))
            #expect(!text.contains("nil"))
            // What `describe` prints of a value that nobody gave words.
            #expect(!text.contains("Forwarding."))
            #expect(!text.contains("\n"))
            #expect(!text.contains("  "))
            #expect(text.last != "." && text.first != " " && text.last != " ")
        }
    }

    @Test func `without a value and a forward, the sentence begins with the field`() {
        let refusal = Refusal(field: .external, value: "", problem: .missing)
        #expect(refusal.sentence == "external is missing; add \"external\"")
    }

    @Test func `advice names what was meant`() {
        let meant: [(Problem, String)] = [
            (.external(.reversed(meant: Sample.ports(80, 90))), "write 80-90"),
            (.prefix(.hostBits(meant: Sample.prefix("10.0.0.0/8"))), "write 10.0.0.0/8"),
            (.unknown(nearest: "nas"), "did you mean \"nas\"?"),
            (.unknownKey(nearest: "external"), "did you mean \"external\"?"),
            (.unknownService(nearest: "minecraft"), "did you mean \"minecraft\"?"),
            (
                .unequalRanges(external: Sample.ports(80, 90), target: Sample.ports(8080)),
                "write 8080-8090 for the target"
            ),
            (
                .overlap(with: Sample.name("nas"), Sample.ports(80)),
                "choose other ports, or remove \"nas\" first"
            ),
            (.choice(["kept", "rewritten"]), "write kept or rewritten"),
            (
                .notAWAN([Sample.interface("wan0"), Sample.interface("wan1")]),
                "the WANs are wan0, wan1"
            ),
        ]
        for (problem, advice) in meant {
            #expect(Refusal(field: .external, value: "x", problem: problem).advice == advice)
        }
    }

    @Test func `what is missing is what the advice says to add`() {
        let refusal = Refusal(field: .body, value: "forwards", problem: .missing)
        #expect(refusal.advice == "add \"forwards\"")
    }

    @Test(arguments: [
        ("a\nb", "a\\u{a}b"), ("\u{1b}[31mred", "\\u{1b}[31mred"), ("a\0b", "a\\u{0}b"),
        ("\u{202e}txt", "\\u{202e}txt"), ("a\u{2028}b", "a\\u{2028}b"), ("größer 🎮", "größer 🎮"),
    ])
    func `a value cannot write over the terminal that it is shown on`(value: String, shown: String)
    {
        let refusal = Refusal(field: .name, value: value, problem: .name)
        #expect(refusal.value == shown)
        #expect(refusal.sentence.hasPrefix("name \"\(shown)\" is no name; "))
    }

    @Test func `a value of megabytes is cut short`() {
        let value = String(repeating: "x", count: 5_000_000)
        let refusal = Refusal(field: .name, value: value, problem: .name)
        #expect(refusal.sentence.utf8.count < 600)
        #expect(refusal.value.hasSuffix("x…"))
    }

    @Test(arguments: Problems.all)
    func `a problem's status says whose turn it is`(problem: Problem) {
        let refusal = Refusal(field: .name, value: "nas", problem: problem)
        let expected =
            switch problem {
            case .unknown, .unknownRevision: 404
            case .duplicate, .overlap, .listener, .revision, .awaitsConfirmation, .nothingToConfirm:
                409
            case .engine, .storage: 503
            default: 422
            }
        let view = Views.Problem([refusal])
        #expect(view.status == expected)
        #expect(view.detail == refusal.sentence)
        #expect(view.errors.map(\.advice) == [refusal.advice])
    }

    @Test func `every refusal of a request is listed, the first one leads`() {
        let refusals = Problems.all.map {
            Refusal(forward: Sample.name("nas"), field: .to, value: "v", problem: $0)
        }
        let view = Views.Problem(refusals)
        #expect(view.errors.count == refusals.count)
        #expect(view.errors.allSatisfy { $0.forward == "nas" && $0.field == "to" })
        #expect(view.errors.map(\.message) == refusals.map(\.message))
        #expect(view.detail == refusals[0].sentence)
    }
}

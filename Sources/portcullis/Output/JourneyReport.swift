import ControlModel

/// A packet's journey for people: numbered steps, the kernel's side where it was asked, the verdict.
enum JourneyReport {
    static func show(_ journey: Views.Journey) {
        let width = journey.steps.map(\.kind.count).max() ?? 0
        for (number, step) in journey.steps.enumerated() {
            let place = step.kind + spaces(width - step.kind.count)
            let hook = step.hook.map { " [\($0)]" } ?? ""
            let line =
                "\(padded(number + 1)). \(sign(step.verdict)) \(place)  \(step.sentence)\(hook)"
            print(coloured(line, step.verdict))
        }
        if let live = journey.live { show(live) }
        print("")
        print(Console.bold(journey.sentence))
    }

    private static func show(_ live: Views.LiveJourney) {
        print("")
        if let failure = live.failure { return print("live: \(failure)") }
        guard let from = live.from else { return print("live: no such packet was seen") }
        show(live.packet, "PACKET from \(from)")
        guard !live.answer.isEmpty else { return print("no answer was seen") }
        print("")
        show(live.answer, "ANSWER")
    }

    private static func show(_ rows: [Views.LiveRow], _ title: String) {
        var table = TextTable([title, "PREDICTED", "THE KERNEL", ""])
        for row in rows {
            let place = row.hook.map { "\($0): \(row.place)" } ?? row.place
            table.add([place, row.predicted, row.kernel, row.agrees == false ? "DIFFERS" : ""])
        }
        table.show()
    }

    private static func sign(_ verdict: String) -> String {
        switch verdict {
        case "pass": "ok  "
        case "stop": "STOP"
        case "unsure": "?   "
        default: "    "
        }
    }

    private static func coloured(_ line: String, _ verdict: String) -> String {
        switch verdict {
        case "stop", "unsure": Console.alarm(line)
        case "info": Console.dim(line)
        default: line
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? " \(number)" : "\(number)" }

    private static func spaces(_ count: Int) -> String {
        String(repeating: " ", count: max(0, count))
    }
}

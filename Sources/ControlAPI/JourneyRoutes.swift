import Access
import Addressing
import ControlModel
import Diagnosis
import Forwarding
import Gateway
import Hummingbird
import LinuxKit

/// What would happen to a packet, and what the kernel does with one.
struct JourneyRoutes {
    let gateway: Gateway
    let survey: JourneySurvey
    let watching = OneAtATime("a live trace")

    func add(to group: RouterGroup<ControlContext>) {
        group.get("trace", use: trace)
    }

    /// `?from=198.51.100.7&to=:8443/tcp&arrival=wan&live=true`.
    @Sendable private func trace(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let situation = await gateway.situation()
        let question = try JourneyQuestion(
            from: try request.text("from", .from), to: try request.text("to", .to),
            arrival: request.uri.queryParameters["arrival"].map(String.init) ?? "wan",
            in: situation)
        let way = try request.liveWay()
        let surveyed = try await survey.journey(
            question, in: situation, suspended: await gateway.suspendedForwards(),
            contest: await gateway.contest
        ) { id in
            try await gateway.carried(by: id).map { ForwardLoad(flows: $0, monthBytes: $1) }
        }
        guard let way else { return try Views.Journey(surveyed.journey).response() }
        // A packet of any source comes in, as if from outside: that is more than looking.
        try context.require(.operate)
        var view: Views.Journey
        do {
            let live = try await watching.run { try await survey.live(surveyed, way) }
            view = Views.Journey(surveyed.journey, live)
        } catch let error as KernelError {
            view = Views.Journey(surveyed.journey)
            view.live = Views.LiveJourney(
                way: "impossible", from: nil, packet: [], answer: [], failure: error.liveWords)
        }
        return try view.response()
    }
}

extension Request {
    fileprivate func text(_ name: Substring, _ field: Refusal.Field) throws -> String {
        guard let text = uri.queryParameters[name], !text.isEmpty else {
            throw Refusal(field: field, value: "", problem: .missing)
        }
        return String(text)
    }

    /// `?live=true` has a packet made, `?live=wait&seconds=30` waits for a real one.
    fileprivate func liveWay() throws -> LiveProbe.Way? {
        let seconds = try number("seconds") ?? 30
        guard (1...100).contains(seconds) else {
            throw Refusal(
                field: .body, value: "seconds=\(seconds)",
                problem: .syntax("is not between 1 and 100 seconds"))
        }
        switch uri.queryParameters["live"] {
        case nil, "false", "0": return nil
        case "true", "1": return .made
        case "wait": return .awaited(seconds: Int32(seconds))
        case let other?:
            throw Refusal(
                field: .body, value: "live=\(other)", problem: .choice(["true", "wait"]))
        }
    }
}

extension KernelError {
    /// Why no packet could be shown.
    fileprivate var liveWords: String {
        switch call {
        case .tunnel: "no packet can be made: /dev/net/tun cannot be opened (error \(code))"
        case .divert:
            "no packet can be made: this kernel lacks sch_ingress, cls_u32 or act_mirred (error"
                + " \(code))"
        case .trace: "the kernel does not trace packets (error \(code))"
        default: "the kernel failed (error \(code) during \(call.rawValue))"
        }
    }
}

extension Views.Journey {
    init(_ journey: Journey) {
        let question = journey.question
        self.init(
            transport: question.transport.name,
            from: question.sourcePort.map { "\(Endpoint(question.source, $0))" }
                ?? "\(question.source)",
            to: "\(question.destination)", arrival: question.arrival.text,
            steps: journey.steps.map(Views.JourneyStep.init),
            outcome: journey.end.outcome.rawValue, sentence: journey.end.sentence,
            commands: journey.end.commands)
    }

    init(_ journey: Journey, _ comparison: LiveComparison) {
        self.init(journey)
        let sight = comparison.sight
        live = Views.LiveJourney(
            way: sight.way == .made ? "made" : "awaited", from: sight.source.map { "\($0)" },
            packet: comparison.packet.map(Views.LiveRow.init),
            answer: comparison.answer.map(Views.LiveRow.init), failure: nil)
        outcome = comparison.end.outcome.rawValue
        sentence = comparison.end.sentence
        commands = comparison.end.commands
    }
}

extension Views.JourneyStep {
    init(_ step: JourneyStep) {
        self.init(
            kind: step.kind.rawValue, verdict: step.verdict.rawValue, sentence: step.sentence,
            hook: step.hook.map { "\($0)" }, rule: step.blame.map(Views.ForeignRule.init),
            advice: step.remedy?.advice,
            commands: step.remedy?.commands ?? [])
    }
}

extension Views.ForeignRule {
    init(_ blame: JourneyStep.Blame) {
        self.init(
            family: blame.family, table: blame.table, chain: blame.chain, handle: blame.handle,
            text: blame.text, comment: blame.comment)
    }
}

extension Views.LiveRow {
    init(_ row: LiveComparison.Row) {
        self.init(
            hook: row.hook.map { "\($0)" }, place: row.place, predicted: row.predicted,
            kernel: row.kernel, agrees: row.agrees)
    }
}

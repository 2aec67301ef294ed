package import Netfilter
import Netlink

/// What would happen to a packet on the whole machine, step by step in the order of the kernel.
package struct Journey: Hashable, Sendable {
    package var question: JourneyQuestion
    package var steps: [JourneyStep]
    package var end: JourneyEnd

    /// - Parameters:
    ///   - steps: up to the one that stops the packet.
    ///   - arrived: what is to be said when none does.
    package init(_ question: JourneyQuestion, _ steps: [JourneyStep], arrived: String) {
        self.question = question
        self.steps = steps
        end = JourneyEnd(steps, arrived: arrived)
    }
}

/// One thing on the packet's way that decides, or might.
package struct JourneyStep: Hashable, Sendable {
    package var kind: Kind
    package var verdict: Verdict
    /// A clause without its full stop.
    package var sentence: String
    /// The place in the kernel, for rules of others.
    package var hook: ForeignHook?
    package var rule: RuleReference?
    package var remedy: JourneyRemedy?

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case arrival, forward, access, time, limits
        /// Rules of other programs.
        case others
        case translation, route
        /// Our own guard of what no forward names.
        case `guard`
        /// A program of the gateway itself.
        case local
        /// The relay, which is one, too.
        case relay
        /// What the target sees as the sender.
        case source
        case target
        /// The way back.
        case answer
    }

    package enum Verdict: String, Hashable, Sendable {
        case pass, stop
        /// It cannot be told.
        case unsure
        /// Worth knowing, decides nothing.
        case info
    }

    package init(
        _ kind: Kind, _ verdict: Verdict, _ sentence: String, hook: ForeignHook? = nil,
        rule: RuleReference? = nil, remedy: JourneyRemedy? = nil
    ) {
        self.kind = kind
        self.verdict = verdict
        self.sentence = sentence
        self.hook = hook
        self.rule = rule
        self.remedy = remedy
    }
}

extension JourneyStep {
    /// The rule in plain words, for those who do not know tables of the kernel.
    package struct Blame: Hashable, Sendable {
        package var family: String
        package var table: String
        package var chain: String
        package var handle: UInt64?
        package var text: String
        package var comment: String?
    }

    package var blame: Blame? {
        rule.map {
            Blame(
                family: $0.family.name, table: $0.table, chain: $0.chain, handle: $0.handle,
                text: $0.text, comment: $0.comment)
        }
    }
}

/// What to do about a step.
package struct JourneyRemedy: Hashable, Sendable {
    /// An imperative clause, as in `let it by in Docker's rules`.
    package var advice: String
    /// In the order in which they are to be typed; may be empty.
    package var commands: [String]

    package init(_ advice: String, _ commands: [String] = []) {
        self.advice = advice
        self.commands = commands
    }

    package var sentence: String {
        commands.isEmpty ? advice : "\(advice): \(commands.joined(separator: " && "))"
    }
}

/// How it ends.
package struct JourneyEnd: Hashable, Sendable {
    package var outcome: Outcome
    /// Why, and what to do; one sentence.
    package var sentence: String
    package var commands: [String]

    package enum Outcome: String, Hashable, Sendable {
        case arrives, stops, unclear
    }

    package init(_ outcome: Outcome, _ sentence: String, commands: [String] = []) {
        self.outcome = outcome
        self.sentence = sentence
        self.commands = commands
    }

    /// The first step that stops the packet tells; else the first that is in doubt.
    init(_ steps: [JourneyStep], arrived: String) {
        let telling =
            steps.first { $0.verdict == .stop } ?? steps.first { $0.verdict == .unsure }
        guard let telling else {
            self.init(.arrives, "it would arrive: \(arrived)")
            return
        }
        let isStop = telling.verdict == .stop
        let start = isStop ? "it would not arrive" : "it cannot be told whether it would arrive"
        let advice = telling.remedy.map { "; \($0.sentence)" } ?? ""
        self.init(
            isStop ? .stops : .unclear, "\(start): \(telling.sentence)\(advice)",
            commands: telling.remedy?.commands ?? [])
    }
}

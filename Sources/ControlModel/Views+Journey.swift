extension Views {
    /// What would happen to a packet.
    package struct Journey: Codable, Hashable, Sendable {
        package var transport: String
        /// An address, with its port where one was asked for.
        package var from: String
        package var to: String
        package var arrival: String
        package var steps: [JourneyStep]
        /// `arrives`, `stops`, or `unclear` where it cannot be told.
        package var outcome: String
        /// Why, and what to do.
        package var sentence: String
        /// What to type, in this order; empty where nothing is to be typed.
        package var commands: [String]
        /// Only where the kernel was asked to show it.
        package var live: LiveJourney?

        package init(
            transport: String, from: String, to: String, arrival: String, steps: [JourneyStep],
            outcome: String, sentence: String, commands: [String], live: LiveJourney? = nil
        ) {
            self.transport = transport
            self.from = from
            self.to = to
            self.arrival = arrival
            self.steps = steps
            self.outcome = outcome
            self.sentence = sentence
            self.commands = commands
            self.live = live
        }
    }

    package struct JourneyStep: Codable, Hashable, Sendable {
        package var kind: String
        /// `pass`, `stop`, `unsure` or `info`.
        package var verdict: String
        package var sentence: String
        /// The place in the kernel, for rules of others: `prerouting` … `postrouting`.
        package var hook: String?
        package var rule: ForeignRule?
        package var advice: String?
        package var commands: [String]

        package init(
            kind: String, verdict: String, sentence: String, hook: String?, rule: ForeignRule?,
            advice: String?, commands: [String]
        ) {
            self.kind = kind
            self.verdict = verdict
            self.sentence = sentence
            self.hook = hook
            self.rule = rule
            self.advice = advice
            self.commands = commands
        }
    }

    /// A rule, or the policy of a chain, that is not ours.
    package struct ForeignRule: Codable, Hashable, Sendable {
        package var family: String
        package var table: String
        package var chain: String
        /// Absent for a policy.
        package var handle: UInt64?
        package var text: String
        package var comment: String?

        package init(
            family: String, table: String, chain: String, handle: UInt64?, text: String,
            comment: String?
        ) {
            self.family = family
            self.table = table
            self.chain = chain
            self.handle = handle
            self.text = text
            self.comment = comment
        }
    }

    /// What the kernel did with a packet, beside what was predicted.
    package struct LiveJourney: Codable, Hashable, Sendable {
        /// `made`, `awaited`, or `impossible` where no packet can be made on this kernel.
        package var way: String
        /// The sender of the packet; absent when none was seen.
        package var from: String?
        package var packet: [LiveRow]
        package var answer: [LiveRow]
        /// Why it was impossible.
        package var failure: String?

        package init(
            way: String, from: String?, packet: [LiveRow], answer: [LiveRow], failure: String?
        ) {
            self.way = way
            self.from = from
            self.packet = packet
            self.answer = answer
            self.failure = failure
        }
    }

    package struct LiveRow: Codable, Hashable, Sendable {
        package var hook: String?
        /// Family, table and chain; or `destination`.
        package var place: String
        package var predicted: String
        package var kernel: String
        /// Absent where the prediction was open.
        package var agrees: Bool?

        package init(
            hook: String?, place: String, predicted: String, kernel: String, agrees: Bool?
        ) {
            self.hook = hook
            self.place = place
            self.predicted = predicted
            self.kernel = kernel
            self.agrees = agrees
        }
    }
}

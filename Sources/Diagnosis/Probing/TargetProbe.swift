package import Addressing
package import LinuxKit

/// Asks many targets beside each other, on threads that may wait.
package enum TargetProbe {
    package struct Question: Hashable, Sendable {
        package var target: Endpoint
        /// An own address to ask from; nil for the one that routing chooses.
        ///
        /// Asked from a WAN address, a target in the LAN answers over its default route: silence
        /// there, and an answer to the LAN address, mean that its answers do not come back through
        /// this gateway.
        package var source: IPAddress?

        package init(_ target: Endpoint, from source: IPAddress? = nil) {
            self.target = target
            self.source = source
        }
    }

    /// How many wait at once.
    package static let mostAtOnce = 32

    package static func ask(
        _ questions: [Question], within milliseconds: Int32 = 1500, atOnce: Int = mostAtOnce
    ) async -> [Question: TCPProbe.Answer] {
        await withTaskGroup(of: (Question, TCPProbe.Answer).self) { group in
            var waiting = Array(Set(questions))[...]
            var answers: [Question: TCPProbe.Answer] = [:]
            func next() {
                guard let question = waiting.popFirst() else { return }
                group.addTask { (question, await ask(question, milliseconds)) }
            }
            for _ in 0..<atOnce { next() }
            while let (question, answer) = await group.next() {
                answers[question] = answer
                next()
            }
            return answers
        }
    }

    private static func ask(
        _ question: Question, _ milliseconds: Int32
    ) async -> TCPProbe.Answer {
        await withCheckedContinuation { continuation in
            do throws(KernelError) {
                try KernelThread.start {
                    continuation.resume(
                        returning: TCPProbe.ask(
                            question.target, from: question.source, within: milliseconds))
                }
            } catch { continuation.resume(returning: .failed(error.code)) }
        }
    }
}

import Addressing
import Forwarding
import LinuxKit

/// Which targets are asked for, and from where.
enum TargetQuestions {
    /// All at once: a target that drops what it is asked takes the whole time.
    private static let mostTargets = 64
    private static let limit: Int32 = 1200

    /// - Returns: the answers, and how many forwards were left out.
    static func ask(
        _ seen: Observations
    ) async -> ([TargetProbe.Question: TCPProbe.Answer], unasked: Int) {
        let (questions, unasked) = questions(seen)
        let answers = await TargetProbe.ask(
            questions, within: limit, atOnce: mostTargets * 3)
        return (answers, unasked)
    }

    static func questions(_ seen: Observations) -> ([TargetProbe.Question], unasked: Int) {
        let asked = seen.carried.filter { $0.active.transports.contains(.tcp) }
        let outside = ReturnChecks.outside(.v4, seen)
        let questions = asked.prefix(mostTargets).flatMap { item in
            item.targets.flatMap { target -> [TargetProbe.Question] in
                let near = TargetProbe.Question(target)
                guard target.address.family == .v4, item.keepsSource, let outside else {
                    return [near]
                }
                return [near, TargetProbe.Question(target, from: outside)]
            }
        }
        return (questions, max(0, asked.count - mostTargets))
    }
}

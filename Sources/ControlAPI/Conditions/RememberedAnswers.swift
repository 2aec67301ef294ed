import HTTPTypes
import NIOCore
import Synchronization

/// The answers to requests that came with a key, for those who ask again since they heard nothing.
///
/// Theory of operation. A key belongs to who made the request, its method and its path. While the first
/// request is on its way the next of the same key is told so; afterwards it gets the same answer, unless
/// what it wants is something else. Kept in memory, a day at most and a thousand at most, the oldest go
/// first: a daemon that was restarted does a repeated request anew, and then a forward that is there
/// already is refused by its name. Answers of a failing gateway are not kept: they are to be tried again.
final class RememberedAnswers: Sendable {
    struct Key: Hashable, Sendable {
        var caller: String
        var method: String
        var path: String
        var text: String
    }

    struct Answer: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var body: ByteBuffer
    }

    enum Finding: Sendable {
        /// Nobody has used the key; whoever hears this has to `keep` or to `forget`.
        case new
        case underWay
        case answered(Answer)
        /// With another body.
        case reused
    }

    private struct Entry {
        var print: Int
        var since: ContinuousClock.Instant
        var answer: Answer?
    }

    private let entries = Mutex<[Key: Entry]>([:])
    static let most = 1000
    private static let patience = Duration.seconds(86_400)

    func find(_ key: Key, print: Int, now: ContinuousClock.Instant) -> Finding {
        entries.withLock { entries in
            if let entry = entries[key], now - entry.since < Self.patience {
                guard entry.print == print else { return .reused }
                return entry.answer.map { .answered($0) } ?? .underWay
            }
            if entries.count >= Self.most { Self.makeRoom(&entries) }
            entries[key] = Entry(print: print, since: now, answer: nil)
            return .new
        }
    }

    func keep(_ answer: Answer, for key: Key) { entries.withLock { $0[key]?.answer = answer } }

    func forget(_ key: Key) { entries.withLock { $0[key] = nil } }

    private static func makeRoom(_ entries: inout [Key: Entry]) {
        let oldest = entries.filter { $0.value.answer != nil }.min {
            $0.value.since < $1.value.since
        }
        if let oldest { entries[oldest.key] = nil }
    }
}

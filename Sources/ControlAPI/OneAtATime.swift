import ControlModel
import Synchronization

/// Lets one request in at a time; another is told so, and does not wait.
///
/// What watches the kernel or asks every target holds threads and sockets for seconds: callers in a
/// loop must not add them up.
final class OneAtATime: Sendable {
    private let isTaken = Mutex(false)
    private let work: String

    init(_ work: String) { self.work = work }

    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        let isFree = isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
        guard isFree else { throw Views.Problem.busy(work) }
        defer { isTaken.withLock { $0 = false } }
        return try await body()
    }
}

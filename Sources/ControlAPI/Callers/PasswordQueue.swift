import ControlModel
import LinuxKit

/// Has slow hashes made one after the other, each on a thread of its own.
///
/// One takes memory and a processor for a good part of a second: many at once would take the gateway.
actor PasswordQueue {
    private var last: Task<Void, Never>?
    private var waiting = 0

    private static let most = 8

    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws -> Result {
        guard waiting < Self.most else { throw Views.Problem.busy("signing in") }
        waiting += 1
        defer { waiting -= 1 }
        let before = last
        let work = Task<Result, any Error> {
            await before?.value
            return try await KernelThread.run { body() }
        }
        last = Task { _ = await work.result }
        return try await work.value
    }
}

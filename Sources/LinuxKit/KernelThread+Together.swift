import Dispatch
import Synchronization

extension KernelThread {
    /// Runs `count` calls that wait in the kernel beside each other and waits for all of them.
    ///
    /// Call 0 runs on the calling thread, each other on a thread of its own.
    /// - Returns: their results, in order.
    package static func together<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Result
    ) throws(KernelError) -> [Result] {
        let results = Slots<Result>(count)
        let others = DispatchGroup()
        var failure: KernelError?
        for place in 1..<max(1, count) {
            others.enter()
            do throws(KernelError) {
                try start {
                    results.put(body(place), at: place)
                    others.leave()
                }
            } catch {
                others.leave()
                failure = error
            }
        }
        if count > 0 { results.put(body(0), at: 0) }
        others.wait()
        if let failure { throw failure }
        return results.all
    }

    private final class Slots<Value: Sendable>: Sendable {
        private let values: Mutex<[Value?]>

        init(_ count: Int) { values = Mutex(Array(repeating: nil, count: count)) }

        func put(_ value: Value, at place: Int) { values.withLock { $0[place] = value } }

        var all: [Value] { values.withLock { $0.compactMap(\.self) } }
    }
}

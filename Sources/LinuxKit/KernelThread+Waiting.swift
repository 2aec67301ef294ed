extension KernelThread {
    /// Runs a call that waits in the kernel on a thread of its own, while the task waits.
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(KernelError) -> Result
    ) async throws(KernelError) -> Result {
        let result: Swift.Result<Result, KernelError> = await withCheckedContinuation {
            continuation in
            do throws(KernelError) {
                try start {
                    do throws(KernelError) {
                        continuation.resume(returning: .success(try body()))
                    } catch { continuation.resume(returning: .failure(error)) }
                }
            } catch { continuation.resume(returning: .failure(error)) }
        }
        return try result.get()
    }
}

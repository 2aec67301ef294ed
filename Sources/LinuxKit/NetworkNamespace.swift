internal import CLinux

/// A network of its own inside the machine (`network_namespaces(7)`).
package final class NetworkNamespace: Sendable {
    private let descriptor: OwnedDescriptor

    /// Opens a namespace by its file, such as `/run/netns/lab`.
    package init(path: String) throws(KernelError) {
        let number = unsafe path.withCString {
            // SAFETY: the call reads the text up to its end, which outlives it.
            unsafe clinux_open_namespace($0)
        }
        descriptor = OwnedDescriptor(adopting: try KernelError.check(number, .openNamespace))
    }

    /// Runs `body` inside, on a thread that is thrown away afterwards: the namespace belongs to the
    /// thread, and a task may go on elsewhere.
    ///
    /// Sockets stay in the namespace that they were made in.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let enter: @Sendable () -> Void = { [self] in
                let entered = clinux_enter_network_namespace(descriptor.number)
                guard entered >= 0 else {
                    continuation.resume(
                        throwing: KernelError(code: -entered, call: .enterNamespace))
                    return
                }
                continuation.resume(with: Swift.Result { try body() })
            }
            do { try KernelThread.start(enter) } catch { continuation.resume(throwing: error) }
        }
    }
}

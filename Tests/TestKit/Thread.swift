import LinuxKit

/// A thread of a test: for servers that wait.
package enum Thread {
    package static func start(_ body: @escaping @Sendable () -> Void) {
        do { try KernelThread.start(body) } catch { preconditionFailure("no thread: \(error)") }
    }
}

import Foundation
import Glibc
import LinuxKit
import Synchronization

/// What has to be undone at the end, however the end comes.
final class Cleanup: Sendable {
    private let steps = Mutex<[@Sendable () -> Void]>([])

    func add(_ step: @escaping @Sendable () -> Void) {
        steps.withLock { $0.append(step) }
    }

    /// Undoes everything, the last first.
    ///
    /// A second call finds nothing to do.
    func run() {
        let steps = self.steps.withLock { steps in
            defer { steps = [] }
            return steps
        }
        for step in steps.reversed() { step() }
    }

    /// Also runs it when the program is told to end.
    ///
    /// Call it before any thread is started: threads inherit which signals they leave to others.
    func runOnSignals() throws {
        var signals = sigset_t()
        // SAFETY: the calls write to, and read from, one variable that outlives them.
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        let waited = signals
        try KernelThread.start {
            var (set, number) = (waited, Int32(0))
            // SAFETY: as above.
            _ = unsafe sigwait(&set, &number)
            self.run()
            exit(128 + number)
        }
    }
}

import Foundation
import Synchronization

/// A program that was started, to be ended from any thread.
final class Running: Sendable {
    private let number = Mutex<Int32?>(nil)

    func take(_ process: Process) { number.withLock { $0 = process.processIdentifier } }

    var id: Int32 { number.withLock { $0 } ?? 0 }

    /// Ends it without a word.
    func kill() {
        let number = self.number.withLock { number in
            defer { number = nil }
            return number
        }
        guard let number else { return }
        Foundation.kill(number, SIGKILL)
    }
}

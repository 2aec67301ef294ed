import Foundation
import Synchronization

/// Programs that were started, to be ended from any thread.
final class Running: Sendable {
    private let roots = Mutex<[Int32]>([])

    func take(_ process: Process) { roots.withLock { $0.append(process.processIdentifier) } }

    var tree: ProcessTree { ProcessTree(roots: roots.withLock(\.self)) }

    /// Ends them without a word, with all that they have started.
    ///
    /// A second call ends nothing: by then the numbers may be those of others.
    func kill() {
        let roots = self.roots.withLock { roots in
            defer { roots = [] }
            return roots
        }
        ProcessTree(roots: roots).kill()
    }
}

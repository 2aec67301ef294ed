import Forwarding
import Synchronization

/// Keeps the book of mappings until it is out of date, so that ten thousand questions for one entry each
/// do not make it ten thousand times.
final class MappingShelf: Sendable {
    private struct State {
        var book: MappingBook?
        /// Counts what has made books out of date.
        var edition: UInt64 = 0
        var updates: UInt32 = 0
    }

    private let desk: any LeaseDesk
    private let state: Mutex<State> = Mutex(State())

    init(_ desk: any LeaseDesk) { self.desk = desk }

    func book() async -> MappingBook {
        let (kept, edition) = state.withLock { ($0.book, $0.edition) }
        if let kept { return kept }
        let book = MappingBook(await desk.leases().forwards)
        state.withLock { state in
            // What came meanwhile may not be in it.
            if state.edition == edition { state.book = book }
        }
        return book
    }

    /// What we changed ourselves is seen by the next question already.
    func discard() {
        state.withLock { state in
            state.book = nil
            state.edition &+= 1
        }
    }

    /// The mappings are others than before, whoever changed them.
    func turnOver() {
        discard()
        state.withLock { $0.updates &+= 1 }
    }

    /// `SystemUpdateID`.
    var updates: UInt32 { state.withLock { $0.updates } }
}

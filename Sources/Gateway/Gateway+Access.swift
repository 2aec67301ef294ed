package import Access
package import Forwarding
import Logging
package import Storage

/// Who may use the API: it is decided at the API, and kept here, where the store is.
extension Gateway {
    /// Asked without waiting for what the gateway is at.
    package nonisolated var now: Timestamp { facts.now() }

    /// Keeps a state, with what goes on record of it.
    ///
    /// - Parameter edition: grows from state to state; one that comes later than a newer one is left out.
    package func keep(
        _ state: AccessState, edition: Int, noting words: String?, by requester: Requester
    ) throws(StoreError) {
        let notes = words.map { accessNotes($0, by: requester) } ?? []
        guard edition > accessEdition else { return try store.note(notes) }
        try store.save(state, noting: notes)
        (access, accessEdition) = (state, edition)
        say(notes)
    }

    /// Puts on record what changed nothing: an attempt that failed.
    package func noteAccess(_ words: String, by requester: Requester) {
        let notes = accessNotes(words, by: requester)
        say(notes)
        do throws(StoreError) { try store.note(notes) } catch {
            log.error("activity could not be recorded: \(error)")
        }
    }

    private func accessNotes(_ words: String, by requester: Requester) -> [Activity] {
        [
            Activity(
                time: facts.now(), who: requester.name, origin: requester.origin, kind: .access,
                detail: words)
        ]
    }
}

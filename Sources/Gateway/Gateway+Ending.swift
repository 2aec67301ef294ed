import Forwarding
import Logging
import Storage

/// How the work ends: forwards stay in force unless the settings say otherwise.
extension Gateway {
    /// Lets go of everything so that another process can go on: nothing changes in the data path.
    package func retire() {
        saveTotals()
        note(.stopped, detail: "another process takes over")
        engine.release()
    }

    /// Ends the work in order: counters are kept, forwards too unless the settings say otherwise.
    ///
    /// - Returns: whether the forwards were withdrawn.
    @discardableResult
    package func stop() -> Bool {
        saveTotals()
        note(
            .stopped,
            detail: settings.withdrawsOnStop ? "forwards withdrawn" : "forwards stay in force")
        guard settings.withdrawsOnStop else { return false }
        do { try engine.withdraw() } catch {
            log.error("the forwards could not be withdrawn: \(error)")
        }
        return true
    }
}

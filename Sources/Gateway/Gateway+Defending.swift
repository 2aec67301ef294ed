package import Forwarding
import Logging
import Storage

/// Holding the table against programs that change it.
///
/// Theory of operation. What another program did to the table is put right at once: everything that
/// is wanted is compared with what is there, and the difference is sent, so that flows and counters of
/// forwards that were intact stay. Two programs that each restore their own would go on for ever,
/// with gaps for the users each time: after three fights in ten minutes the other one has its way, and
/// an alarm stands in the log and in the status until the configuration is read again.
extension Gateway {
    private static let mostFights = 3
    /// Seconds within which fights count together.
    private static let memory: Int64 = 600

    package func defend(against disturbance: TableDisturbance) {
        let now = facts.now()
        fights.removeAll { $0 + Self.memory <= now }
        guard contest == nil else { return }
        guard fights.count < Self.mostFights else {
            guard !isIntact(after: disturbance) else { return }
            return giveWay(to: disturbance)
        }
        do throws(EngineError) {
            let report = try establishAll()
            guard !report.foundIntact else { return }
            fights.append(now)
            settleAt = now + 1
            note(
                .restored,
                detail: "\(disturbance.words) changed the table; \(report.adopted) forwards were"
                    + " intact, \(table.count - report.adopted) put back")
        } catch {
            log.critical(
                "\(disturbance.words) changed the table; it could not be restored: \(error)")
        }
    }

    /// Whether there is nothing to fight about: an announcement may be of a change that came to nothing,
    /// or of one that has been put right since.
    private func isIntact(after disturbance: TableDisturbance) -> Bool {
        readBudgets()
        do throws(EngineError) {
            guard try engine.isIntact(wantedForwards, engineSettings) else { return false }
            log.debug("\(disturbance.words) touched the table; nothing in it is different")
            return true
        } catch {
            log.error("the table could not be compared: \(error)")
            return false
        }
    }

    private func giveWay(to disturbance: TableDisturbance) {
        contest = disturbance
        let words = "\(disturbance.words) changed the table again, the fourth time in ten minutes"
        note(.contested, detail: "\(words); it is no longer restored")
        log.critical(
            """
            \(words). It is left as it is: forwards may not work. Keep the other program from it, \
            then have the configuration read again (SIGHUP)
            """)
    }

    /// Begins anew to hold the table, and restores it.
    package func resumeDefence() {
        guard let former = contest else { return }
        contest = nil
        fights = []
        defend(against: former)
    }
}

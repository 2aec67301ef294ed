/// Whether a forward's schedule lets anybody in, and until when.
package enum Opening: Hashable, Sendable, BitwiseCopyable {
    /// No schedule closes it.
    case always
    case until(Timestamp)
    case closed
}

extension Forward {
    /// What the schedule says of a moment.
    ///
    /// A zone that this machine does not know keeps the forward closed.
    package func opening(at now: Timestamp, in zones: TimeZones) -> Opening {
        guard let schedule else { return .always }
        guard let rules = zones.rules(of: schedule.zone), schedule.isOpen(at: now, in: rules) else {
            return .closed
        }
        return schedule.closes(at: now, in: rules).map(Opening.until) ?? .always
    }

    /// The next moment at which the opening is another; nil when it stays.
    package func nextOpening(after now: Timestamp, in zones: TimeZones) -> Timestamp? {
        guard let schedule, let rules = zones.rules(of: schedule.zone) else { return nil }
        return schedule.nextChange(after: now, in: rules)
    }
}

extension Timestamp {
    /// Before any moment that is reckoned with.
    package static let longAgo = Timestamp(seconds: .min)
}

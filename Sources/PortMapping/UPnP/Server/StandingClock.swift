import Forwarding
import Synchronization
import Wire

/// The desk's calendar between two words of it.
final class StandingClock: Sendable {
    private let state: Mutex<(now: Timestamp, moment: ContinuousClock.Instant)>

    init() { state = Mutex((Timestamp(seconds: 0), .now)) }

    func follow(_ standing: ExternalStanding) {
        state.withLock { $0 = (standing.now, .now) }
    }

    var now: Timestamp {
        state.withLock { $0.now + ($0.moment.duration(to: .now)).components.seconds }
    }

    var date: String { HTTPDate.text(now.seconds) }
}

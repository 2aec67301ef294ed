import Addressing
import Forwarding
import Synchronization

/// What is known of the outside, with an epoch that goes on between what the desk says.
///
/// The epoch follows a clock that never jumps, as its readers compare it with one of theirs (RFC 6887
/// section 8.5); the desk's calendar counts only where an epoch begins.
final class OutsideClock: Sendable {
    private struct State {
        var since: Timestamp
        /// When the epoch was 0.
        var start: ContinuousClock.Instant
        var v4: IPv4Address?
    }

    private let state: Mutex<State?> = Mutex(nil)

    /// - Parameter moment: when `standing` was told.
    func follow(_ standing: ExternalStanding, at moment: ContinuousClock.Instant = .now) {
        state.withLock { state in
            let isSame = state?.since == standing.since
            let age = max(0, standing.now.seconds - standing.since.seconds)
            let start = moment - .seconds(age)
            state = State(
                since: standing.since, start: isSame ? state?.start ?? start : start,
                v4: standing.v4)
        }
    }

    func outside(at moment: ContinuousClock.Instant = .now) -> Outside {
        state.withLock { state in
            guard let state else { return Outside(epoch: 0, v4: nil) }
            let age = max(.zero, moment - state.start).components.seconds
            // It wraps after 136 years, as RFC 6887 section 8.5 has it.
            return Outside(epoch: UInt32(truncatingIfNeeded: age), v4: state.v4)
        }
    }
}

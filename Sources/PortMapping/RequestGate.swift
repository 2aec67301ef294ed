import Addressing
import Synchronization

/// Lets so many requests in altogether, and so many of each device.
final class RequestGate: Sendable {
    private let admission: Mutex<RequestAdmission>

    init(_ limits: RequestLimits) { admission = Mutex(RequestAdmission(limits)) }

    func admits(_ source: IPAddress, at moment: ContinuousClock.Instant) -> Bool {
        admission.withLock { $0.admits(source, at: moment) }
    }
}

/// What is left of the allowance of all devices together, and of each.
struct RequestAdmission: Sendable {
    private let limits: RequestLimits
    private var ofInterface: Tokens?
    private var ofSources: [IPAddress: Tokens] = [:]

    /// Sources that are not at their full allowance: within the seconds that a source takes to recover no
    /// more than these are heard.
    static let mostSources = 4096

    init(_ limits: RequestLimits) { self.limits = limits }

    var sourceCount: Int { ofSources.count }

    mutating func admits(_ source: IPAddress, at moment: ContinuousClock.Instant) -> Bool {
        guard limits != .none else { return true }
        var own = ofSources[source] ?? Tokens(limits.ofSource, at: moment)
        // A device that has had its share costs the others nothing.
        guard own.take(limits.ofSource, at: moment) else { return false }
        var all = ofInterface ?? Tokens(limits.ofInterface, at: moment)
        let isAdmitted = all.take(limits.ofInterface, at: moment)
        ofInterface = all
        guard isAdmitted, hasRoom(for: source, at: moment) else { return false }
        ofSources[source] = own
        return true
    }

    private mutating func hasRoom(
        for source: IPAddress, at moment: ContinuousClock.Instant
    ) -> Bool {
        guard ofSources[source] == nil, ofSources.count >= Self.mostSources else { return true }
        let rate = limits.ofSource
        ofSources = ofSources.filter { !$0.value.isFull(rate, at: moment) }
        return ofSources.count < Self.mostSources
    }
}

/// An allowance that comes back with time (a token bucket).
private struct Tokens {
    private var left: Double
    private var moment: ContinuousClock.Instant

    init(_ rate: TokenRate, at moment: ContinuousClock.Instant) {
        left = rate.burst
        self.moment = moment
    }

    mutating func take(_ rate: TokenRate, at now: ContinuousClock.Instant) -> Bool {
        guard rate != .endless else { return true }
        left = count(rate, at: now)
        moment = max(now, moment)
        guard left >= 1 else { return false }
        left -= 1
        return true
    }

    func isFull(_ rate: TokenRate, at now: ContinuousClock.Instant) -> Bool {
        count(rate, at: now) >= rate.burst
    }

    private func count(_ rate: TokenRate, at now: ContinuousClock.Instant) -> Double {
        let passed = max(.zero, now - moment) / Duration.seconds(1)
        return min(rate.burst, left + passed * rate.perSecond)
    }
}

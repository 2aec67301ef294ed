import Addressing
import Synchronization

/// Lets each host change mappings so many times a second, and no more.
final class ChangeRates: Sendable {
    private struct Allowance {
        var left: Double
        var moment: ContinuousClock.Instant
    }

    private let rate: Double?
    private let allowances: Mutex<[IPAddress: Allowance]> = Mutex([:])

    /// Hosts that have not all of their allowance; a second later they have it.
    private static let mostHosts = 4096

    /// - Parameter rate: changes a second, and as many at once; nil for any number.
    init(_ rate: Double?) { self.rate = rate }

    func admits(_ host: IPAddress, at moment: ContinuousClock.Instant = .now) -> Bool {
        guard let rate else { return true }
        return allowances.withLock { allowances in
            let former = allowances[host] ?? Allowance(left: rate, moment: moment)
            let passed = max(.zero, moment - former.moment) / .seconds(1)
            var allowance = Allowance(
                left: min(rate, former.left + passed * rate), moment: max(moment, former.moment))
            guard allowance.left >= 1 else { return false }
            if allowances[host] == nil, allowances.count >= Self.mostHosts {
                allowances = allowances.filter { moment - $0.value.moment < .seconds(1) }
                guard allowances.count < Self.mostHosts else { return false }
            }
            allowance.left -= 1
            allowances[host] = allowance
            return true
        }
    }
}

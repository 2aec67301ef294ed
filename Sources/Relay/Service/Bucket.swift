/// A bound on bytes in time: they collect at a rate, up to an eighth of a second's worth.
///
/// The wheel looks every 50 ms, so that much has to fit, or a bound could not be reached.
struct Bucket: BitwiseCopyable {
    private var bytes: Int64 = 0
    /// Milliseconds of the loop's clock.
    private var filledAt: UInt64 = 0

    /// A datagram has to fit whole.
    private static let least: Int64 = 65_535

    /// How many bytes may pass now.
    ///
    /// - Parameter rate: bits in a second; 0 for no bound.
    mutating func available(at now: UInt64, rate: UInt64) -> Int {
        guard rate > 0 else { return .max }
        let bytesPerSecond = Int64(clamping: rate / 8)
        let most = max(Self.least, bytesPerSecond / 8)
        if filledAt == 0 {
            bytes = most
        } else {
            let (gain, isHuge) = bytesPerSecond.multipliedReportingOverflow(
                by: Int64(clamping: now - filledAt))
            bytes = isHuge ? most : min(most, bytes + gain / 1000)
            // What is less than a byte has to go on growing.
            if !isHuge, gain < 1000 { return Int(clamping: max(0, bytes)) }
        }
        filledAt = now
        return Int(clamping: max(0, bytes))
    }

    mutating func take(_ count: Int) { bytes -= Int64(count) }
}

/// When the next of a kind may come, so many in a stretch of time and as many at once after a silence
/// (the generic cell rate algorithm of ITU-T I.371).
struct Pace: BitwiseCopyable {
    /// When the last one would have come at an even pace, in microseconds.
    private var last: UInt64 = 0

    /// Microseconds until the next may come.
    func wait(at now: UInt64, _ rate: PaceRate) -> UInt64 {
        let earliest = last > rate.tolerance ? last - rate.tolerance : 0
        return earliest > now ? earliest - now : 0
    }

    mutating func take(at now: UInt64, _ rate: PaceRate) {
        last = max(last, now) &+ rate.interval
    }

    func isOver(at now: UInt64) -> Bool { last <= now }
}

/// In microseconds.
struct PaceRate: BitwiseCopyable {
    var interval: UInt64
    /// How far ahead of an even pace one may be.
    var tolerance: UInt64
}

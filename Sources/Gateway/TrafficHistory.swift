package import Forwarding

/// What forwards have carried in each minute of the last hour and each quarter of the last day.
///
/// Theory of operation. Once a minute the totals are compared with those of the minute before, and the
/// difference goes into two rings, at places that follow from the clock alone. Only forwards that have
/// carried something have rings: 1.2 kB each. Kept in memory, since it is for looking, not for
/// reckoning: the totals themselves are in the store. The values are floating-point numbers of half
/// the size, exact to seven digits.
package struct TrafficHistory: Sendable {
    /// How far to look back.
    package enum Span: String, CaseIterable, Sendable {
        case hour, day

        /// Seconds of one point.
        package var step: Int64 { self == .hour ? 60 : 900 }
        package var points: Int { self == .hour ? 60 : 96 }
    }

    /// Bytes of each point, the oldest first.
    package struct Chart: Hashable, Sendable {
        package var inbound: [UInt64]
        package var outbound: [UInt64]
    }

    private var series: [ForwardID: Series] = [:]
    private var known: [ForwardID: Reading] = [:]
    /// The minute, counted from 1970, up to which everything is in.
    private var minute: Int64

    /// - Parameter totals: what was carried before anybody looked.
    package init(since now: Timestamp, totals: [(ForwardID, Traffic)] = []) {
        minute = now.seconds / 60
        for (id, traffic) in totals { known[id] = Reading(traffic) }
    }

    /// Takes in the totals as they are now; those of one minute count for the minute that is over.
    package mutating func take(_ totals: some Sequence<(ForwardID, Traffic)>, at now: Timestamp) {
        let current = now.seconds / 60
        guard current != minute else { return }
        // A clock that was set back begins anew.
        if current < minute { series = [:] }
        for id in series.keys { series[id]?.clear(from: minute, to: current) }
        var next: [ForwardID: Reading] = [:]
        for (id, traffic) in totals {
            let reading = Reading(traffic)
            next[id] = reading
            // A number that another forward has had before.
            let former = known[id].flatMap { $0.isWithin(reading) ? $0 : nil } ?? Reading()
            guard reading != former else { continue }
            series[id, default: Series()].add(reading, since: former, at: current - 1)
        }
        series = series.filter { next[$0.key] != nil }
        (known, minute) = (next, current)
    }

    /// - Returns: the end of the last point, and the charts of those that have carried something.
    package func charts(
        _ span: Span, of wanted: ForwardID? = nil
    ) -> (until: Timestamp, charts: [(ForwardID, Chart)]) {
        let last = span == .hour ? minute - 1 : (minute - 1) / 15
        let until = Timestamp(seconds: span == .hour ? minute * 60 : (last + 1) * 900)
        let found = wanted.map { id in series[id].map { [(id, $0)] } ?? [] } ?? Array(series)
        return (until, found.map { ($0.0, $0.1.chart(span, upTo: last)) })
    }

    private struct Reading: Hashable {
        var inbound: UInt64 = 0
        var outbound: UInt64 = 0

        init() {}

        init(_ traffic: Traffic) {
            (inbound, outbound) = (traffic.inbound.bytes, traffic.outbound.bytes)
        }

        func isWithin(_ later: Self) -> Bool {
            inbound <= later.inbound && outbound <= later.outbound
        }
    }

    private struct Ring {
        var inbound: [Float]
        var outbound: [Float]

        init(_ count: Int) {
            inbound = Array(repeating: 0, count: count)
            outbound = inbound
        }

        mutating func clear(_ place: Int64) {
            let index = Int(place) % inbound.count
            (inbound[index], outbound[index]) = (0, 0)
        }

        mutating func add(_ reading: Reading, since former: Reading, at place: Int64) {
            let index = Int(place) % inbound.count
            inbound[index] += Float(reading.inbound - former.inbound)
            outbound[index] += Float(reading.outbound - former.outbound)
        }

        func chart(upTo last: Int64) -> Chart {
            let order = (0..<inbound.count).map { (Int(last) + 1 + $0) % inbound.count }
            return Chart(
                inbound: order.map { UInt64(inbound[$0]) },
                outbound: order.map { UInt64(outbound[$0]) })
        }
    }

    private struct Series {
        var minutes = Ring(Span.hour.points)
        var quarters = Ring(Span.day.points)

        /// Forgets what the places of minutes that have begun since then held before.
        mutating func clear(from former: Int64, to current: Int64) {
            for place in max(former, current - 60)..<current { minutes.clear(place) }
            let (formerQuarter, quarter) = ((former - 1) / 15, (current - 1) / 15)
            guard quarter > formerQuarter else { return }
            for place in max(formerQuarter + 1, quarter - 95)...quarter { quarters.clear(place) }
        }

        mutating func add(_ reading: Reading, since former: Reading, at minute: Int64) {
            minutes.add(reading, since: former, at: minute)
            quarters.add(reading, since: former, at: minute / 15)
        }

        func chart(_ span: Span, upTo last: Int64) -> Chart {
            span == .hour ? minutes.chart(upTo: last) : quarters.chart(upTo: last)
        }
    }
}
